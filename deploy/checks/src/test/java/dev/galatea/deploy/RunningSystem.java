package dev.galatea.deploy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import org.awaitility.Awaitility;

import dev.galatea.embedded.Ports;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged system as a process, a collector of its traces, which is told by webhook, too, and where there is one a
 * Prometheus that scrapes it.
 */
final class RunningSystem implements AutoCloseable {

    private final Path directory;
    private final Duration patience;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> processes = new ArrayList<>();
    private final Set<Span> spans = ConcurrentHashMap.newKeySet();
    private final HttpServer collector;
    private final int gateway;
    private final int management;
    private final int kafka;
    private final int store;
    private final int prometheus;
    private final boolean hasPrometheus;

    /** Starts all of it and waits until it is ready. */
    RunningSystem(Path directory, Duration patience) throws IOException, InterruptedException {
        this.directory = directory;
        this.patience = patience;
        int[] ports = Ports.free(5);
        gateway = ports[0];
        kafka = ports[1];
        store = ports[2];
        prometheus = ports[3];
        management = ports[4];
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", this::collect);
        collector.createContext("/told", RunningSystem::take);
        collector.start();
        hasPrometheus = Repository.run("prometheus", "--version").isPresent();
        try {
            startSystem();
            if (hasPrometheus) {
                startPrometheus();
            }
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    boolean hasPrometheus() {
        return hasPrometheus;
    }

    String bootstrapServers() {
        return "127.0.0.1:" + kafka;
    }

    /** All spans that were exported so far. */
    Set<Span> spans() {
        return Set.copyOf(spans);
    }

    JsonNode prometheus(String path) throws IOException, InterruptedException {
        return get("http://127.0.0.1:" + prometheus + "/api/v1/" + path);
    }

    /** The status of a GET on the public port. */
    int publicStatus(String path) throws IOException, InterruptedException {
        return status(gateway, path);
    }

    /** The status of a GET on the management interface. */
    int managementStatus(String path) throws IOException, InterruptedException {
        return status(management, path);
    }

    private int status(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                .statusCode();
    }

    JsonNode video(String id) throws IOException, InterruptedException {
        return get("http://127.0.0.1:" + gateway + "/v1/videos/" + id);
    }

    JsonNode submit(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway + path))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return new ObjectMapper()
                .readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    @Override
    public void close() throws InterruptedException {
        for (Process process : processes) {
            process.destroy();
        }
        for (Process process : processes) {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        }
        collector.stop(0);
    }

    private void collect(HttpExchange exchange) throws IOException {
        boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(
                zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody());
        request.getResourceSpansList()
                .forEach(resource -> resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList())));
        exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private static void take(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    private JsonNode get(String uri) throws IOException, InterruptedException {
        return new ObjectMapper()
                .readTree(http.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
                        .body());
    }

    private void startSystem() throws IOException {
        Path app = Repository.ROOT.resolve("services/standalone/target/quarkus-app/quarkus-run.jar");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Dgalatea.job-tracking.backlog.interval=1s",
                "-Dgalatea.webhooks.allow-private-targets=true",
                "-Dgalatea.webhooks.endpoints.studio.url=http://127.0.0.1:"
                        + collector.getAddress().getPort() + "/told",
                "-Dgalatea.webhooks.endpoints.studio.secrets=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "-jar",
                app.toString(),
                "serve",
                "--port",
                Integer.toString(gateway),
                "--management-port",
                Integer.toString(management),
                "--kafka-port",
                Integer.toString(kafka),
                "--store-port",
                Integer.toString(store),
                "--data-dir",
                directory.resolve("data").toString());
        builder.environment()
                .put("GALATEA_BUNDLES_PATH", Repository.ROOT.resolve("models").toString());
        builder.environment().put("QUARKUS_OTEL_SDK_DISABLED", "false");
        builder.environment().put("QUARKUS_OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        builder.environment()
                .put(
                        "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + collector.getAddress().getPort());
        run(builder, "system.log");
        awaitReady("http://127.0.0.1:" + management + "/q/health/ready", "system.log");
    }

    private void startPrometheus() throws IOException {
        Path config = Files.writeString(directory.resolve("prometheus.yml"), """
                global:
                  scrape_interval: 1s
                scrape_configs:
                  - job_name: galatea
                    metrics_path: /q/metrics
                    static_configs:
                      - targets: ["127.0.0.1:%d"]
                """.formatted(management));
        run(
                new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + prometheus),
                "prometheus.log");
        awaitReady("http://127.0.0.1:" + prometheus + "/-/ready", "prometheus.log");
        // It is ready seconds before it first scrapes; what happens meanwhile is never seen to rise.
        Awaitility.await().atMost(patience).until(() -> prometheus("query?query=up")
                .at("/data/result/0/value/1")
                .asText()
                .equals("1"));
    }

    private void run(ProcessBuilder builder, String log) throws IOException {
        processes.add(builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve(log).toFile())
                .start());
    }

    private void awaitReady(String uri, String log) {
        Awaitility.await().atMost(patience).ignoreExceptions().untilAsserted(() -> assertThat(
                        http.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.discarding())
                                .statusCode())
                .as(Files.readString(directory.resolve(log)))
                .isEqualTo(200));
    }
}
