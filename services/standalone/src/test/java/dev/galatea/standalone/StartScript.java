package dev.galatea.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** A copy of {@code ./galatea} in a repository without sources, with a JDK and a Maven that only say what they do. */
final class StartScript {

    /**
     * Records slowly when it is asked to, and writes the archive in two halves; anything else it only notes, with the
     * archive that it uses. Its files say what it does.
     */
    private static final String JAVA = """
            #!/usr/bin/env bash
            archive=none
            for option in "$@"; do
                case "$option" in
                    -XX:ArchiveClassesAtExit=*)
                        echo record >> "$FAKE_LOG"
                        echo $$ > "$FAKE_LOG.recorder"
                        printf half > "${option#*=}"
                        sleep "$FAKE_SECONDS"
                        printf ' and half' >> "${option#*=}"
                        [ "$FAKE_EXIT" != crash ] || kill -ABRT $$
                        exit "$FAKE_EXIT" ;;
                    -XX:SharedArchiveFile=*) archive=$(cat "${option#*=}") ;;
                esac
            done
            for stream in 0 1 2; do [ -e "/dev/fd/$stream" ] || echo "closed $stream" >> "$FAKE_LOG"; done
            echo result || echo "no output" >> "$FAKE_LOG"
            echo "run with $archive" >> "$FAKE_LOG"
            """;

    private static final String MAVEN = """
            #!/usr/bin/env bash
            echo build >> "$FAKE_LOG"
            sleep "$FAKE_SECONDS"
            mkdir -p services/standalone/target/quarkus-app
            echo built > services/standalone/target/quarkus-app/quarkus-run.jar
            """;

    private static final List<String> TOOLS = List.of(
            "bash",
            "cat",
            "cksum",
            "cut",
            "dirname",
            "env",
            "find",
            "grep",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sleep",
            "stat");

    private final Path root;
    private final Map<String, String> environment;

    private StartScript(Path root, Map<String, String> environment) {
        this.root = root;
        this.environment = environment;
    }

    /** Lays out the repository, as if it had been built an hour after its sources were written. */
    static StartScript in(Path root) throws IOException {
        Files.copy(Path.of(System.getProperty("repository.root"), "galatea"), root.resolve("galatea"));
        for (String name : List.of("shared-model", "libs", "system-tests", "models", "jdk/bin", "bin")) {
            Files.createDirectories(root.resolve(name));
        }
        Files.createDirectories(root.resolve("services/standalone/target/quarkus-app"));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.setLastModifiedTime(
                root.resolve("pom.xml"), FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        program(root.resolve("jdk/bin/java"), JAVA);
        program(root.resolve("bin/mvn"), MAVEN);
        StartScript script = new StartScript(
                root,
                Map.of(
                        "JAVA_HOME", root + "/jdk",
                        "PATH", root + "/bin:" + System.getenv("PATH"),
                        "FAKE_LOG", root + "/log",
                        "FAKE_SECONDS", "0",
                        "FAKE_EXIT", "0"));
        script.jdk("17.0.1");
        script.built(Instant.now().minus(Duration.ofHours(1)));
        return script;
    }

    private static void program(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The same with other variables in its environment. */
    StartScript with(String... variables) {
        Map<String, String> changed = new HashMap<>(environment);
        for (int i = 0; i < variables.length; i += 2) {
            changed.put(variables[i], variables[i + 1]);
        }
        return new StartScript(root, changed);
    }

    /** The same on a system that has no flock. */
    StartScript withoutFlock() throws IOException {
        for (String tool : TOOLS) {
            Path link = root.resolve("bin").resolve(tool);
            if (!Files.exists(link)) {
                Files.createSymbolicLink(link, which(tool));
            }
        }
        return with("PATH", root + "/bin");
    }

    private static Path which(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    void jdk(String version) throws IOException {
        Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"" + version + "\"\n");
    }

    void built(Instant when) throws IOException {
        Path app = root.resolve("services/standalone/target/quarkus-app/quarkus-run.jar");
        Files.writeString(app, "built");
        Files.setLastModifiedTime(app, FileTime.from(when));
    }

    Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(root + "/galatea"));
        command.addAll(List.of(arguments));
        return start(command);
    }

    /** Starts it as a shell does that is told to close standard streams, such as {@code >&-}. */
    Process startWith(String redirections, String argument) throws IOException {
        return start(List.of("bash", "-c", "exec " + root + "/galatea " + argument + " " + redirections));
    }

    private Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Files.createTempFile(root, "output", ".txt").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs a clip's command to its end. */
    int run() throws Exception {
        return end(start("generate", "x"));
    }

    static int end(Process process) throws InterruptedException {
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("ended").isTrue();
        return process.exitValue();
    }

    /** What was done so far, one line each. */
    List<String> log() throws IOException {
        Path log = root.resolve("log");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    /** The JVM that records, or did. */
    ProcessHandle recorder() throws IOException {
        return ProcessHandle.of(Long.parseLong(
                        Files.readString(root.resolve("log.recorder")).strip()))
                .orElseThrow();
    }

    /** What all commands so far have printed. */
    String outputs() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith("output"))
                    .toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    /** Archives, and what recording left beside them. */
    List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("services/standalone/target"))) {
            return files.filter(file -> file.getFileName().toString().contains(".jsa"))
                    .toList();
        }
    }
}
