package dev.galatea.standalone.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

import dev.galatea.bundles.BundleDirectory;
import dev.galatea.bundles.BundlesConfig;
import dev.galatea.bundles.LimitsConfig;
import dev.galatea.jobtracking.admission.Admission;
import dev.galatea.jobtracking.admission.Decision;
import dev.galatea.jobtracking.admission.Model;
import dev.galatea.jobtracking.admission.ModelCatalogue;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.Sha256;

/**
 * The bundles of {@code galatea.bundles.path}, read before anything is started, so that a mistake is answered at once.
 * The running system decides again, by the same rules. Immutable.
 */
final class InstalledBundles {

    /** Quarkus reads it from the working directory, before the files on the class path. */
    private static final Path CONFIGURATION = Path.of("config", "application.properties");

    private static final int ORDINAL = 260;

    private final Map<String, Bundle> bundles;
    /** The bundles that can't be loaded, each with the reason. */
    private final List<String> leftOut;

    private final String defaultName;
    private final long maxPixelSteps;
    private final CommandSpec spec;

    private InstalledBundles(
            Map<String, Bundle> bundles,
            List<String> leftOut,
            String defaultName,
            long maxPixelSteps,
            CommandSpec spec) {
        this.bundles = bundles;
        this.leftOut = leftOut;
        this.defaultName = defaultName;
        this.maxPixelSteps = maxPixelSteps;
        this.spec = spec;
    }

    /**
     * Reads the manifests; empty if the bundles are to be brought from a source.
     *
     * @param data the data directory
     * @throws ParameterException if the directory can't be read, or lacks the default bundle
     */
    static Optional<InstalledBundles> read(CommandSpec spec, Path data) {
        SmallRyeConfig configuration = configuration();
        BundlesConfig config = configuration.getConfigMapping(BundlesConfig.class);
        if (config.source().isPresent()) {
            return Optional.empty();
        }
        long maxPixelSteps = configuration.getConfigMapping(LimitsConfig.class).maxPixelSteps();
        Path path = config.path().toAbsolutePath().normalize();
        try {
            BundleLoader loader = new BundleLoader(data.resolve("work").resolve("bundle-files"));
            List<String> leftOut = new ArrayList<>();
            Map<String, Bundle> bundles =
                    new BundleDirectory(path, loader).bundles((left, e) -> leftOut.add(e.getMessage()));
            InstalledBundles installed =
                    new InstalledBundles(bundles, leftOut, config.defaultName(), maxPixelSteps, spec);
            if (!bundles.containsKey(config.defaultName())) {
                throw new ParameterException(
                        spec.commandLine(),
                        "galatea.bundles.default-name: '" + config.defaultName() + "' is not in " + path + "; "
                                + installed.valid());
            }
            return Optional.of(installed);
        } catch (UncheckedIOException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "galatea.bundles.path: " + path
                            + " can't be read; valid is a directory with one directory per bundle",
                    e);
        }
    }

    /** The reason for which admission would refuse a prompt. */
    Optional<Failure> refusal(PromptSubmitted prompt) {
        ModelCatalogue catalogue = new ModelCatalogue(
                bundles.values().stream()
                        .map(bundle -> new Model(bundle.manifest(), bundle.digest()))
                        .toList(),
                defaultName);
        Decision decision = new Admission(catalogue, maxPixelSteps).decide(prompt);
        return decision instanceof Decision.Refused refused ? Optional.of(refused.failure()) : Optional.empty();
    }

    private String valid() {
        String valid = "valid are " + bundles.keySet();
        return leftOut.isEmpty() ? valid : valid + "; left out: " + String.join("; ", leftOut);
    }

    /** The bundle of a name, or the default one. */
    Bundle named(@Nullable String name) {
        Bundle bundle = bundles.get(name == null ? defaultName : name);
        if (bundle == null) {
            throw new ParameterException(spec.commandLine(), "--model: '" + name + "' is not here; " + valid());
        }
        return bundle;
    }

    /** The bundle of a name, if it is here. */
    Optional<Bundle> find(String name) {
        return Optional.ofNullable(bundles.get(name));
    }

    /** The bundle of a digest. */
    Optional<Bundle> withDigest(Sha256 digest) {
        return bundles.values().stream()
                .filter(bundle -> bundle.digest().equals(digest))
                .findAny();
    }

    private static SmallRyeConfig configuration() {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDefaultSources()
                .withMapping(BundlesConfig.class)
                .withMapping(LimitsConfig.class);
        if (Files.isRegularFile(CONFIGURATION)) {
            try {
                builder.withSources(
                        new PropertiesConfigSource(CONFIGURATION.toUri().toURL(), ORDINAL));
            } catch (IOException e) {
                throw new UncheckedIOException(CONFIGURATION + " can't be read: " + e.getMessage(), e);
            }
        }
        return builder.build();
    }
}
