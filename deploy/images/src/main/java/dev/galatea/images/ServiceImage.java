package dev.galatea.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import org.jspecify.annotations.Nullable;

/**
 * The content of one service's image and its start command, the same as by {@code deploy/images/Dockerfile}. What
 * changes least comes first, so that little is pulled with a new version. The same files make the same image, to the
 * bit.
 *
 * @param service its name
 * @param layers in order, the lowest first
 * @param environment beside that of the base image
 * @param port the port of its HTTP server
 */
record ServiceImage(String service, List<FileEntriesLayer> layers, Map<String, String> environment, int port) {

    private static final AbsoluteUnixPath HOME = AbsoluteUnixPath.get("/opt/galatea");
    private static final AbsoluteUnixPath WORK = AbsoluteUnixPath.get("/work");
    private static final AbsoluteUnixPath JAVA = AbsoluteUnixPath.get("/opt/java/openjdk");
    private static final String USER = "10001:10001";
    private static final String ALL_ADDRESSES = "0.0.0.0";
    private static final FilePermissions EXECUTABLE = FilePermissions.fromOctalString("755");
    private static final List<String> ENTRYPOINT = List.of(
            "java",
            "-XX:MaxRAMPercentage=50",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "-Duser.home=/work",
            "-jar",
            "quarkus-run.jar");

    /** Native builds are most of an image and change once in months. */
    private static final long LARGE_BYTES = 5 << 20;

    private static final String OURS = "dev.galatea.";
    private static final String GPU = "com.microsoft.onnxruntime.onnxruntime_gpu-";

    /**
     * The image of a service that is packaged in the project at {@code root}.
     *
     * @param cuda true if models are to run on NVIDIA GPUs
     * @param java a Java runtime to have in the image; null if the base image has one
     * @throws IllegalArgumentException if the service is not packaged (so), or {@code java} is none
     */
    static ServiceImage of(Path root, String service, boolean cuda, @Nullable Path java) throws IOException {
        Path app = root.resolve("services").resolve(service).resolve("target/quarkus-app");
        Path libraries = app.resolve("lib");
        if (!Files.isRegularFile(app.resolve("quarkus-run.jar"))) {
            throw new IllegalArgumentException(service + ": " + app + " has no quarkus-run.jar;"
                    + " mvn -Dquick -Dmaven.test.skip=true package makes it");
        }
        if (cuda && find(libraries, file -> nameOf(file).startsWith(GPU)).isEmpty()) {
            throw new IllegalArgumentException(service + ": --runtime cuda: no " + GPU + "*.jar in " + libraries
                    + "; it is there in services that run models, packaged with"
                    + " -Donnxruntime.artifact=onnxruntime_gpu");
        }
        List<FileEntriesLayer> layers = new ArrayList<>();
        Map<String, String> environment = new LinkedHashMap<>();
        if (java != null) {
            layers.add(java(java));
            environment.put("JAVA_HOME", JAVA.toString());
            environment.put("PATH", JAVA + "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        }
        Predicate<Path> ours = file -> nameOf(file).startsWith(OURS);
        Predicate<Path> large = file -> file.toFile().length() >= LARGE_BYTES;
        layers.add(layer("large libraries", app, find(libraries, ours.negate().and(large))));
        layers.add(layer("libraries", app, find(libraries, ours.negate().and(large.negate()))));
        Path models = root.resolve("models");
        layers.add(FileEntriesLayer.builder()
                .setName("models")
                .addEntryRecursive(models.resolve("pebble"), HOME.resolve("models/pebble"))
                .build());
        layers.add(layer("own libraries", app, find(libraries, ours)));
        layers.add(application(root, app));
        environment.put("GALATEA_BUNDLES_PATH", HOME + "/models");
        environment.put("GALATEA_WORK_DIR", WORK.toString());
        environment.put("QUARKUS_HTTP_HOST", ALL_ADDRESSES);
        environment.put("QUARKUS_MANAGEMENT_HOST", ALL_ADDRESSES);
        return new ServiceImage(service, layers, environment, portOf(root, service));
    }

    /** Puts this on top of a base image. */
    JibContainerBuilder addTo(JibContainerBuilder base, String version) {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        environment.forEach(base::addEnvironmentVariable);
        return base.setFormat(ImageFormat.OCI)
                // Native libraries are this machine's.
                .setPlatforms(Set.of(new Platform(arm ? "arm64" : "amd64", "linux")))
                .setFileEntriesLayers(layers)
                .setUser(USER)
                .setWorkingDirectory(HOME)
                // exec form: SIGTERM reaches the JVM, which then gives its work back.
                .setEntrypoint(ENTRYPOINT)
                .addExposedPort(Port.tcp(port))
                .addLabel("org.opencontainers.image.title", "galatea/" + service)
                .addLabel("org.opencontainers.image.version", version);
    }

    private static FileEntriesLayer java(Path java) throws IOException {
        if (!Files.isExecutable(java.resolve("bin/java"))) {
            throw new IllegalArgumentException("--java " + java + ": no bin/java in it");
        }
        return FileEntriesLayer.builder()
                .setName("Java")
                .addEntryRecursive(
                        java,
                        JAVA,
                        (file, path) -> FilePermissions.fromOctalString(Files.isExecutable(file) ? "755" : "644"))
                .build();
    }

    private static FileEntriesLayer application(Path root, Path app) throws IOException {
        FileEntriesLayer.Builder layer = layer(
                "application",
                app,
                find(
                        app,
                        file -> !file.startsWith(app.resolve("lib"))
                                && !nameOf(file).equals("quarkus-app-dependencies.txt")))
                .toBuilder();
        layer.addEntry(root.resolve("deploy/images/ready"), AbsoluteUnixPath.get("/usr/local/bin/ready"), EXECUTABLE);
        // Any directory stands for an empty one of its own.
        layer.addEntry(app, WORK, EXECUTABLE, FileEntriesLayer.DEFAULT_MODIFICATION_TIME, USER);
        return layer.build();
    }

    private static FileEntriesLayer layer(String name, Path app, List<Path> files) {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
        files.forEach(
                file -> layer.addEntry(file, HOME.resolve(app.relativize(file).toString())));
        return layer.build();
    }

    private static List<Path> find(Path directory, Predicate<Path> wanted) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).filter(wanted).sorted().toList();
        }
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString();
    }

    /** As the service's own configuration has it; the gateway's may be set by another name. */
    private static int portOf(Path root, String service) throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(
                root.resolve("services").resolve(service).resolve("src/main/resources/application.properties"))) {
            properties.load(reader);
        }
        return Integer.parseInt(properties.getProperty("quarkus.http.port").replaceAll("\\D", ""));
    }
}
