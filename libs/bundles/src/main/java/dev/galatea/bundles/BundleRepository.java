package dev.galatea.bundles;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.bundles.source.BundleCache;
import dev.galatea.bundles.source.BundleSource;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.id.Sha256;
import dev.galatea.worker.WorkerConfig;

/**
 * The bundles of {@code galatea.bundles.source}, or those under {@code galatea.bundles.path}, one directory each.
 * Manifests are read once, at the first question; a bundle whose manifest is not valid is left out with an error in the
 * log, so that it doesn't stop the others. Thread-safe.
 */
@ApplicationScoped
public class BundleRepository {

    private static final Logger LOG = Logger.getLogger(BundleRepository.class);

    private final BundleDirectory directory;
    private final @Nullable BundleSource source;
    private final @Nullable BundleCache cache;
    private final String defaultName;
    private volatile Map<String, Bundle> bundles = Map.of();

    @Inject
    public BundleRepository(BundlesConfig config, WorkerConfig worker, BundleSources sources) {
        BundleLoader loader = new BundleLoader(worker.workDir().resolve("bundle-files")).keepingDigests();
        Path local = config.cache().orElseGet(() -> worker.workDir().resolve("bundles"));
        source = sources.configured().orElse(null);
        cache = source == null ? null : new BundleCache(source, local, loader);
        directory = new BundleDirectory(config.path(), loader);
        defaultName = config.defaultName();
    }

    /** The bundle that a prompt gets which names none. */
    public Bundle defaultBundle() throws PoisonException {
        return byName(defaultName);
    }

    /** The default bundle's name, whether or not it is there. */
    public String defaultName() {
        return defaultName;
    }

    /** A bundle by its name, or a failure that names the valid ones. */
    public Bundle byName(String name) throws PoisonException {
        Bundle bundle = all().get(name);
        if (bundle == null) {
            throw new PoisonException(
                    "unknown_model", "model: '" + name + "' is not here; valid are " + all().keySet());
        }
        return bundle;
    }

    /** A bundle by its manifest's digest, or a failure that names what is here. */
    public Bundle byDigest(Sha256 digest) throws PoisonException {
        for (Bundle bundle : all().values()) {
            if (bundle.digest().equals(digest)) {
                return bundle;
            }
        }
        String here = all().values().stream()
                .map(bundle -> bundle.manifest().name() + " " + bundle.digest())
                .collect(Collectors.joining(", "));
        throw new PoisonException("unknown_bundle", "spec.bundle: " + digest + " is not here; this worker has " + here);
    }

    /** The names of all bundles, sorted. */
    public List<String> names() {
        return List.copyOf(all().keySet());
    }

    private Map<String, Bundle> all() {
        if (bundles.isEmpty()) {
            synchronized (this) {
                if (bundles.isEmpty()) {
                    bundles = load();
                }
            }
        }
        return bundles;
    }

    private Map<String, Bundle> load() {
        return cache == null ? loadDirectory() : loadCache(cache);
    }

    private Map<String, Bundle> loadCache(BundleCache bundleCache) {
        try {
            return bundleCache.bundles((left, e) -> logLeftOut(left, e));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "galatea.bundles.source: " + source + " can't be read: " + e.getMessage(), e);
        }
    }

    private Map<String, Bundle> loadDirectory() {
        try {
            return directory.bundles((left, e) -> logLeftOut(left, e));
        } catch (UncheckedIOException e) {
            throw new IllegalStateException(
                    "galatea.bundles.path: " + directory.path().toAbsolutePath()
                            + " can't be read; valid is a directory with one directory per bundle",
                    e);
        }
    }

    private static void logLeftOut(Object left, BundleException e) {
        LOG.errorf("bundle left out directory=%s reason=%s", left, e.getMessage());
    }
}
