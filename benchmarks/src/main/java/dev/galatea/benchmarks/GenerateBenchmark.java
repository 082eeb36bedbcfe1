package dev.galatea.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./galatea generate} of the default clip with a warm build: wall time, time to the first step, memory. */
@Command(name = "generate", description = "Wall time, time to first step and memory of ./galatea generate.")
final class GenerateBenchmark implements Callable<Integer> {

    @Option(names = "--root", defaultValue = ".", description = "The checkout.")
    Path root = Path.of(".");

    @Option(names = "--runs", defaultValue = "3", description = "Runs, one after the other, on one data directory.")
    int runs;

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("galatea-benchmark");
        try {
            for (int i = 0; i < runs; i++) {
                run(directory, i);
            }
        } finally {
            Directories.delete(directory);
        }
        return 0;
    }

    private void run(Path directory, int number) throws IOException, InterruptedException {
        List<String> command = List.of(
                root.toAbsolutePath().resolve("galatea").toString(),
                "generate",
                "a red ball bounces under a blue sky",
                "--seed=7",
                "--json",
                "--data-dir=" + directory.resolve("data"),
                "--out=" + directory.resolve("clip.mp4"));
        Path output = directory.resolve("output");
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long peakKiB = 0;
        while (process.isAlive()) {
            peakKiB = Math.max(peakKiB, residentKiB(process.pid()));
            Thread.sleep(20);
        }
        double wall = (System.nanoTime() - start) / 1e9;
        if (process.exitValue() != 0) {
            throw new IllegalStateException("./galatea generate ended with " + process.exitValue());
        }
        List<String> lines = Files.readAllLines(output);
        JsonNode result = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        System.out.printf(
                Locale.ROOT,
                "run %d: wall %.1f s; from submission: first step %.2f s, finished %.2f s; stages %s; peak memory %d MiB%n",
                number + 1,
                wall,
                result.path("first_step_seconds").asDouble(),
                result.path("total_seconds").asDouble(),
                result.path("stage_seconds"),
                peakKiB / 1024);
    }

    private static long residentKiB(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
