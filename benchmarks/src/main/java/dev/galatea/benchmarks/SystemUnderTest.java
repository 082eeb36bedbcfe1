package dev.galatea.benchmarks;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One {@code ./galatea serve} process on free ports with a data directory of its own, removed at the end. */
final class SystemUnderTest implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private final Process process;
    private final Path directory;
    private final int httpPort;
    private final int managementPort;
    private final int kafkaPort;
    private final HttpClient http = HttpClient.newHttpClient();

    private SystemUnderTest(Process process, Path directory, int httpPort, int managementPort, int kafkaPort) {
        this.process = process;
        this.directory = directory;
        this.httpPort = httpPort;
        this.managementPort = managementPort;
        this.kafkaPort = kafkaPort;
    }

    /** Starts the system of the checkout in {@code root} and waits until it is ready. */
    static SystemUnderTest start(Path root, Map<String, String> environment) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("galatea-benchmark");
        int http = freePort();
        int management = freePort();
        int kafka = freePort();
        List<String> command =
                new ArrayList<>(List.of(root.resolve("galatea").toString(), "serve", "--port", Integer.toString(http)));
        command.addAll(List.of("--kafka-port", Integer.toString(kafka), "--store-port", Integer.toString(freePort())));
        command.addAll(List.of("--management-port", Integer.toString(management)));
        command.addAll(List.of("--data-dir", directory.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("console.log").toFile());
        builder.environment().putAll(environment);
        SystemUnderTest system = new SystemUnderTest(builder.start(), directory, http, management, kafka);
        system.awaitReady();
        return system;
    }

    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    /** The Prometheus text of the system's metrics. */
    String metrics() throws IOException, InterruptedException {
        return get(managementPort, "/q/metrics").body();
    }

    /** Largest resident memory of the process so far, in MiB, as the kernel counts it (VmHWM). */
    long peakMemoryMiB() throws IOException {
        return memoryMiB(process, "VmHWM");
    }

    /** Resident memory of the process now, in MiB. */
    long memoryMiB() throws IOException {
        return memoryMiB(process);
    }

    /** Resident memory of a process now, in MiB. */
    static long memoryMiB(Process process) throws IOException {
        return memoryMiB(process, "VmRSS");
    }

    private static long memoryMiB(Process process, String what) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith(what + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElseThrow(() -> new IOException("the kernel does not tell " + what));
    }

    int httpPort() {
        return httpPort;
    }

    /** The address of a path of the HTTP API. */
    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + httpPort + path);
    }

    private void awaitReady() throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(START_LIMIT);
        while (Instant.now().isBefore(deadline)) {
            if (!process.isAlive()) {
                throw new IOException("the system ended; see " + directory.resolve("console.log"));
            }
            try {
                if (get(managementPort, "/q/health/ready").statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet.
            }
            Thread.sleep(200);
        }
        throw new IOException("the system was not ready after " + START_LIMIT);
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Directories.delete(directory);
    }
}
