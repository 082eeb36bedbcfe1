package dev.galatea.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the packaged command line as a person would: a process of its own, on a data directory of the test's. */
final class PackagedSystem {

    private static final int LIMIT_MINUTES = 5;

    private final Path root = Path.of(System.getProperty("repository.root"));
    private final Path directory;

    PackagedSystem(Path directory) {
        this.directory = directory;
    }

    /** What a run printed, and how it ended. */
    record Outcome(int exitCode, String out, String err) {

        /** The JSON object that was printed last. */
        JsonNode json() throws IOException {
            String[] lines = out.strip().split("\n");
            return new ObjectMapper().readTree(lines[lines.length - 1]);
        }
    }

    /** What the shipped model can do. */
    static BundleManifest model() throws BundleException {
        Path models = Path.of(System.getProperty("repository.root"), "models");
        return new BundleLoader(models).load(models.resolve("pebble")).manifest();
    }

    /** The length of the clip that takes the least time, where any clip will do. */
    static String shortest() throws BundleException {
        return Integer.toString(model().lengths().lowest());
    }

    Outcome run(String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Path err = Files.createTempFile(directory, "err", ".txt");
        Process process = start(out, err, arguments);
        try {
            assertThat(process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES))
                    .as("ended within %d minutes", LIMIT_MINUTES)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    Process start(Path out, Path err, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-jar",
                root.resolve("services/standalone/target/quarkus-app/quarkus-run.jar")
                        .toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("GALATEA_DATA_DIR", directory.resolve("data").toString());
        builder.environment().put("GALATEA_BUNDLES_PATH", root.resolve("models").toString());
        return builder.start();
    }
}
