package dev.galatea.deploy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.embedded.Ports;
import dev.galatea.images.BuildImages;
import dev.galatea.testsupport.SharedSystem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Images without a container engine, on a base image of a few bytes: valid, as the Dockerfile has them, and they start.
 */
class ImagesIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String DOCKERFILE = "deploy/images/Dockerfile";
    private static final String HOME = "opt/galatea/";

    @TempDir
    static Path directory;

    private static OciArchive gateway;

    @BeforeAll
    static void build() throws IOException {
        writeBase(directory.resolve("base.tar"));
        assertThat(build(Repository.ROOT, "gateway")).isZero();
        gateway = OciArchive.read(directory.resolve("gateway.tar"), directory.resolve("gateway"));
    }

    private static int build(Path root, String... args) {
        return build(root, directory, args);
    }

    private static int build(Path root, Path output, String... args) {
        List<String> all = new ArrayList<>(List.of(
                "--root",
                root.toString(),
                "--base",
                "tar://" + directory.resolve("base.tar"),
                "--output",
                output.toString()));
        all.addAll(List.of(args));
        return BuildImages.run(all.toArray(String[]::new));
    }

    @Test
    void shouldBeConfiguredAsByTheDockerfile() throws IOException {
        JsonNode config = gateway.config().get("config");
        String dockerfile = Repository.read(DOCKERFILE).replace("\\\n", "");

        assertThat(gateway.name()).isEqualTo("galatea/gateway:" + Repository.pom("version"));
        assertThat(config.get("User").asText()).isEqualTo(instruction(dockerfile, "USER"));
        assertThat(config.get("WorkingDir").asText()).isEqualTo(instruction(dockerfile, "WORKDIR"));
        assertThat(config.get("Entrypoint"))
                .extracting(JsonNode::asText)
                .as("nothing is run where there is no container engine, so there is no cache")
                .containsExactlyElementsOf(entrypoint(dockerfile)
                        .filter(argument -> !argument.startsWith("-XX:AOTCache="))
                        .toList());
        assertThat(config.get("Env"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder(Stream.concat(
                                Stream.of("PATH=/usr/bin:/bin"),
                                Stream.of(instruction(dockerfile, "ENV").split(" ")))
                        .toArray(String[]::new));
        assertThat(config.get("ExposedPorts").fieldNames())
                .toIterable()
                .containsExactly(Repository.port("gateway") + "/tcp");
        assertThat(config.at("/Labels/org.opencontainers.image.title").asText()).isEqualTo("galatea/gateway");
        assertThat(config.at("/Labels/org.opencontainers.image.version").asText())
                .isEqualTo(Repository.pom("version"));
    }

    private static Stream<String> entrypoint(String dockerfile) throws IOException {
        return new ObjectMapper()
                .readTree(instruction(dockerfile, "ENTRYPOINT"))
                .valueStream()
                .map(JsonNode::asText);
    }

    @Test
    void shouldMakeACacheThatTheEntryPointCanUse() throws Exception {
        String dockerfile = Repository.read(DOCKERFILE).replace("\\\n", "");
        Matcher version = Pattern.compile("(?m)^FROM eclipse-temurin:(\\d+)-").matcher(dockerfile);
        assertThat(version.find()).isTrue();
        Optional<Path> java = runtime(version.group(1));
        assumeTrue(java.isPresent(), "no Java " + version.group(1) + " is at hand: the image's cache was not made");
        Path home = gateway.root().resolve(HOME);
        // All that the JVM is told at the start, for another option could make the cache worthless.
        List<String> start = new ArrayList<>(entrypoint(dockerfile)
                .takeWhile(argument -> !argument.equals("-jar"))
                .toList());
        start.set(0, java.orElseThrow().resolve("bin/java").toString());
        start.addAll(List.of("-XX:AOTMode=on", "-cp", "quarkus-run.jar", "-version"));

        int made = run(java.orElseThrow(), home, List.of("/bin/sh", "-c", instruction(dockerfile, "RUN")));
        int used = run(java.orElseThrow(), home, start);

        assertThat(made).as(log()).isZero();
        assertThat(start).anyMatch(argument -> argument.startsWith("-XX:AOTCache="));
        assertThat(used).as(log()).isZero();
        Files.delete(home.resolve("app.aot"));
    }

    private static int run(Path java, Path home, List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().put("PATH", java.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("GALATEA_BUNDLES_PATH", home.resolve("models").toString());
        return builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("run.log").toFile())
                .start()
                .waitFor();
    }

    private static String log() throws IOException {
        return Files.readString(directory.resolve("run.log"));
    }

    /** A Java of some version, the one of this test or one beside it. */
    private static Optional<Path> runtime(String version) throws IOException {
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        try (Stream<Path> beside = Files.list(own.getParent())) {
            for (Path home : Stream.concat(Stream.of(own), beside).toList()) {
                Path release = home.resolve("release");
                if (Files.isRegularFile(release)
                        && Files.readString(release).contains("JAVA_VERSION=\"" + version + ".")) {
                    return Optional.of(home);
                }
            }
        }
        return Optional.empty();
    }

    /** The last one, which is the one of the image itself. */
    private static String instruction(String dockerfile, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + name + " (.+)$").matcher(dockerfile);
        String found = null;
        while (matcher.find()) {
            found = matcher.group(1).strip();
        }
        assertThat(found).as(name).isNotNull();
        return found;
    }

    @Test
    void shouldHoldWhatTheServiceNeeds_withWhatChangesLeastBelow() throws IOException {
        Path app = Repository.ROOT.resolve("services/gateway/target/quarkus-app");
        try (Stream<Path> files = Files.walk(app)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("quarkus-app-dependencies.txt"))
                    .forEach(file -> assertThat(gateway.root().resolve(HOME + app.relativize(file)))
                            .hasSameBinaryContentAs(file));
        }
        String version = Repository.pom("version");
        int base = gateway.layerOf("etc/os-release");
        int libraries = gateway.layerOf(
                HOME + "lib/main/org.apache.kafka.kafka-clients-" + Repository.pom("kafka.version") + ".jar");
        int models = gateway.layerOf(HOME + "models/pebble/bundle.json");
        int own = gateway.layerOf(HOME + "lib/main/dev.galatea.galatea-kafka-events-" + version + ".jar");
        int application = gateway.layerOf(HOME + "quarkus-run.jar");

        assertThat(List.of(base, libraries, models, own, application))
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(gateway.layers().get(application).get("usr/local/bin/ready").getMode() & 0777)
                .isEqualTo(0755);
        TarArchiveEntry work = gateway.layers().get(application).get("work/");
        assertThat(work.getLongUserId()).isEqualTo(10001);
        assertThat(work.getLongGroupId()).isEqualTo(10001);
    }

    @Test
    void shouldBeTheSameToTheBit_whenBuiltAgain() throws IOException {
        Path again = directory.resolve("again");

        assertThat(build(Repository.ROOT, again, "gateway")).isZero();

        assertThat(again.resolve("gateway.tar")).hasSameBinaryContentAs(directory.resolve("gateway.tar"));
    }

    @Test
    void shouldStart_asItsConfigurationSays() throws Exception {
        int[] ports = Ports.free(2);
        int port = ports[1];
        ProcessBuilder builder = new ProcessBuilder();
        gateway.config().at("/config/Entrypoint").forEach(argument -> builder.command()
                .add(inRoot(argument.asText())));
        builder.command()
                .set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        gateway.config().at("/config/Env").forEach(variable -> {
            String[] parts = variable.asText().split("=", 2);
            builder.environment().put(parts[0], parts[0].equals("PATH") ? parts[1] : inRoot(parts[1]));
        });
        SharedSystem.configuration().forEach((key, value) -> builder.environment()
                .put(key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_"), value));
        builder.environment().put("GALATEA_TOPICS_PROVISION", "true");
        builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(ports[0]));
        builder.environment().put("QUARKUS_MANAGEMENT_PORT", Integer.toString(port));
        Path log = directory.resolve("gateway.log");
        Process process = builder.directory(gateway.root()
                        .resolve(gateway.config()
                                .at("/config/WorkingDir")
                                .asText()
                                .substring(1))
                        .toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            HttpRequest health = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                    .build();
            HttpClient http = HttpClient.newHttpClient();
            Awaitility.await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                            http.send(health, BodyHandlers.discarding()).statusCode())
                    .as(Files.readString(log))
                    .isEqualTo(200));
            var ready = Repository.run(
                            gateway.root().resolve("usr/local/bin/ready").toString(), Integer.toString(port))
                    .orElseThrow();
            assertThat(ready.exitCode()).as(ready.text()).isZero();
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private static String inRoot(String text) {
        return text.replaceAll("^/|(?<==)/", Matcher.quoteReplacement(gateway.root() + "/"));
    }

    @Test
    void shouldHaveJavaAndTheGpuRuntime_whenMadeForCuda() throws IOException {
        Path root = Files.createDirectory(directory.resolve("project"));
        String gpu = "lib/main/com.microsoft.onnxruntime.onnxruntime_gpu-1.jar";
        for (String file : List.of("quarkus-run.jar", "app/app.jar", "lib/main/dev.galatea.own-1.jar", gpu)) {
            write(root.resolve("services/denoising/target/quarkus-app").resolve(file), file);
        }
        write(root.resolve("models/pebble/bundle.json"), "{}");
        for (String file : List.of("pom.xml", "deploy/images/ready", properties("denoising"))) {
            write(root.resolve(file), Repository.read(file));
        }
        Path java = root.resolve("jre/bin/java");
        write(java, "#!/bin/sh\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();

        assertThat(build(
                        root, "--runtime", "cuda", "--java", root.resolve("jre").toString(), "denoising"))
                .isZero();
        OciArchive image =
                OciArchive.read(directory.resolve("denoising-cuda.tar"), directory.resolve("denoising-cuda"));

        assertThat(image.name()).isEqualTo("galatea/denoising:" + Repository.pom("version") + "-cuda");
        assertThat(image.root().resolve(HOME + gpu)).hasContent(gpu);
        assertThat(image.root().resolve("opt/java/openjdk/bin/java")).isExecutable();
        assertThat(image.layerOf("opt/java/openjdk/bin/java")).isLessThan(image.layerOf(HOME + gpu));
        assertThat(image.config().at("/config/Env"))
                .extracting(JsonNode::asText)
                .contains("JAVA_HOME=/opt/java/openjdk")
                .filteredOn(variable -> variable.startsWith("PATH="))
                .singleElement()
                .asString()
                .startsWith("PATH=/opt/java/openjdk/bin:");
    }

    @Test
    void shouldRefuseWhatWouldNotRun() {
        // Packaged for CPUs; and no base for CUDA has Java.
        assertThat(build(Repository.ROOT, "--runtime", "cuda", "--java", System.getProperty("java.home"), "gateway"))
                .isOne();
        assertThat(build(Repository.ROOT, "--runtime", "cuda", "denoising")).isOne();
        assertThat(build(Repository.ROOT, "painting")).isOne();
        assertThat(build(directory, "gateway")).isOne();
        assertThat(directory.resolve("gateway-cuda.tar")).doesNotExist();
    }

    private static String properties(String service) {
        return "services/" + service + "/src/main/resources/application.properties";
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Writes an image with one file as {@code docker save} does, for this machine's architecture. */
    private static void writeBase(Path file) throws IOException {
        ByteArrayOutputStream layer = new ByteArrayOutputStream();
        writeTar(layer, Map.of("etc/os-release", "NAME=tiny\n".getBytes(UTF_8)));
        String diff = HexFormat.of().formatHex(OciArchive.sha256().digest(layer.toByteArray()));
        String config = """
                {"architecture": "%s", "os": "linux", "config": {"Env": ["PATH=/usr/bin:/bin"]},
                 "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}
                """.formatted(System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64", diff);
        String manifest = """
                [{"Config": "config.json", "RepoTags": ["tiny:1"], "Layers": ["layer.tar"]}]
                """;
        try (OutputStream out = Files.newOutputStream(file)) {
            writeTar(
                    out,
                    new TreeMap<>(Map.of(
                            "manifest.json",
                            manifest.getBytes(UTF_8),
                            "config.json",
                            config.getBytes(UTF_8),
                            "layer.tar",
                            layer.toByteArray())));
        }
    }

    private static void writeTar(OutputStream out, Map<String, byte[]> files) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
            entry.setSize(file.getValue().length);
            tar.putArchiveEntry(entry);
            tar.write(file.getValue());
            tar.closeArchiveEntry();
        }
        tar.finish();
    }
}
