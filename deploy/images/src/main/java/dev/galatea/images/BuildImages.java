package dev.galatea.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code deploy/images/build}: one OCI archive per service. */
@Command(
        name = "deploy/images/build",
        description = "Makes one OCI archive per packaged service, without a container engine.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class BuildImages implements Callable<Integer> {

    /** The services, each of which becomes an image. */
    public static final List<String> SERVICES = List.of(
            "gateway",
            "job-tracking",
            "text-conditioning",
            "encoding",
            "denoising",
            "decoding",
            "finishing",
            "webhooks");

    @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "Services; all of them if none is named.")
    private List<String> services = SERVICES;

    @Option(names = "--runtime", description = "What models run on: ${COMPLETION-CANDIDATES}.")
    private Runtime runtime = Runtime.cpu;

    @Option(
            names = "--base",
            paramLabel = "IMAGE",
            description = "The image below ours: NAME:TAG of a registry, or tar://FILE for what \"docker save\" wrote. "
                    + "By default that of deploy/images/Dockerfile.")
    private @Nullable String base;

    @Option(
            names = "--java",
            paramLabel = "DIRECTORY",
            description = "A Java runtime for Linux that becomes a layer, for bases without one, as CUDA's are.")
    private @Nullable Path java;

    @Option(names = "--output", paramLabel = "DIRECTORY", description = "By default deploy/images/target/oci.")
    private @Nullable Path output;

    @Option(names = "--root", paramLabel = "DIRECTORY", description = "The project's.", hidden = true)
    private Path root = Path.of("");

    private BuildImages() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Does what {@link #main} does without leaving the JVM, and returns the exit status. */
    public static int run(String... args) {
        return new CommandLine(new BuildImages())
                .setExecutionExceptionHandler((e, command, result) -> {
                    command.getErr().println("deploy/images/build: " + e.getMessage());
                    return 1;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws Exception {
        Path target = output != null ? output : root.resolve("deploy/images/target/oci");
        Files.createDirectories(target);
        if (runtime == Runtime.cuda && java == null) {
            throw new IllegalArgumentException("--runtime cuda: NVIDIA's images have no Java; name a Java 25 runtime"
                    + " for Linux with --java DIRECTORY");
        }
        for (String service : services) {
            if (!SERVICES.contains(service)) {
                throw new IllegalArgumentException(
                        "service: '" + service + "' is none; valid are " + String.join(", ", SERVICES));
            }
        }
        for (String service : services) {
            build(ServiceImage.of(root, service, runtime == Runtime.cuda, java), target);
        }
        return 0;
    }

    private void build(ServiceImage image, Path target)
            throws IOException, InterruptedException, InvalidImageReferenceException, RegistryException,
                    CacheDirectoryCreationException, ExecutionException {
        String suffix = runtime == Runtime.cuda ? "-cuda" : "";
        String version = version();
        Path archive = target.resolve(image.service() + suffix + ".tar");
        image.addTo(Jib.from(base != null ? base : defaultBase()), version)
                .containerize(Containerizer.to(
                                TarImage.at(archive).named("galatea/" + image.service() + ":" + version + suffix))
                        .setToolName("galatea")
                        .setBaseImageLayersCache(target.resolve("cache/base"))
                        .setApplicationLayersCache(target.resolve("cache/application")));
        System.out.println(archive);
    }

    /** The version of the project, which is the first one in its POM. */
    private String version() throws IOException {
        return first("<version>([^<]+)</version>", "pom.xml");
    }

    private String defaultBase() throws IOException {
        return first(
                "(?m)^FROM (\\S+) AS " + runtime.name().toLowerCase(Locale.ROOT) + "$", "deploy/images/Dockerfile");
    }

    private String first(String pattern, String file) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(root.resolve(file)));
        if (!matcher.find()) {
            throw new IllegalArgumentException("--root " + root + ": " + file + " has no " + pattern);
        }
        return matcher.group(1);
    }

    /** Written as people type it. */
    enum Runtime {
        cpu,
        cuda
    }
}
