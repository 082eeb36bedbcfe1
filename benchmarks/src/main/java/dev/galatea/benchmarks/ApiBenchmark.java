package dev.galatea.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.galatea.model.event.Clip;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;

/**
 * Measures the HTTP API with many jobs in its store, and beside it, in the same run, a server that keeps documents in a
 * map: the limit of framework, machine and client. Clients, both servers, broker and store share the machine.
 */
@Command(name = "api", description = "Requests per second, open event streams and memory, beside an in-memory server.")
final class ApiBenchmark implements Callable<Integer> {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Sha256 DIGEST = Sha256.of(new byte[0]);

    @Option(names = "--root", defaultValue = ".", description = "The checkout.")
    Path root = Path.of(".");

    @Option(names = "--jobs", defaultValue = "100000", description = "Jobs in the store.")
    int jobs;

    @Option(names = "--clients", defaultValue = "16", description = "Clients that ask at the same time.")
    int clients;

    @Option(names = "--seconds", defaultValue = "10", description = "Of each measurement, and of its warm-up.")
    int seconds;

    @Option(names = "--streams", defaultValue = "1000", description = "Open streams of all events.")
    int streams;

    @Option(names = "--rate", defaultValue = "200", description = "Submissions per second, at a fixed rate.")
    int rate;

    @Option(
            names = "--workers-elsewhere",
            description = "Leave submitted jobs queued, as if their workers had machines of their own.")
    boolean workersElsewhere;

    @Override
    public Integer call() throws Exception {
        try (SystemUnderTest system = SystemUnderTest.start(root.toAbsolutePath(), settings());
                PipelineClient client = new PipelineClient(system.bootstrapServers())) {
            print("memory, no jobs", system.memoryMiB() + " MiB");
            List<JobId> ids = fill(system, client);
            print("memory, " + jobs + " jobs", system.memoryMiB() + " MiB");
            String document = get(system.uri("/v1/videos/" + ids.get(0)));
            int limitPort = SystemUnderTest.freePort();
            Process limit = startLimit(limitPort, document);
            try {
                measure(system, client, ids, limitPort, limit);
            } finally {
                limit.destroy();
            }
        }
        return 0;
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put(
                "GALATEA_BUNDLES_PATH",
                root.toAbsolutePath().resolve("benchmarks/stub-bundle").toString());
        settings.put("GALATEA_BUNDLES_DEFAULT_NAME", "stub");
        // Submissions are not to be turned away.
        settings.put("GALATEA_GATEWAY_MAX_OPEN_JOBS", "1000000");
        if (workersElsewhere) {
            // The first stage reads a topic to which this benchmark publishes nothing.
            settings.put("MP_MESSAGING_INCOMING_ACCEPTED_JOBS_TOPIC", EventType.WEBHOOK_ATTEMPTED.topic());
        }
        return settings;
    }

    private void measure(SystemUnderTest system, PipelineClient client, List<JobId> ids, int limitPort, Process limit)
            throws Exception {
        String base = "http://127.0.0.1:" + limitPort;
        awaitAnswer(URI.create(base + "/v1/videos/" + InMemoryServer.id(0)));
        int[] order = new Random(7).ints(1 << 20, 0, jobs).toArray();
        IntFunction<HttpRequest> reads = i -> read(system.uri("/v1/videos/" + ids.get(order[i % order.length])));
        IntFunction<HttpRequest> limitReads =
                i -> read(URI.create(base + "/v1/videos/" + InMemoryServer.id(order[i % order.length])));
        compare("status reads", reads, limitReads);
        print("pages of 20, gateway", load(i -> read(system.uri("/v1/videos?limit=20&after=" + ids.get(order[i])))));
        try (ApiStreams open = new ApiStreams(system.httpPort(), streams);
                ApiStreams limitOpen = new ApiStreams(limitPort, streams)) {
            print("memory, " + streams + " streams, gateway", system.memoryMiB() + " MiB");
            print("memory, " + streams + " streams, in memory", SystemUnderTest.memoryMiB(limit) + " MiB");
            client.publish(new Progress(
                    ids.get(0), Stage.DENOISING, Instant.now(), "benchmark", new ProgressDetail.Step(1, 2)));
            double last = open.await("\"step\":1", LIMIT);
            print("a report at the last of the streams", String.format(Locale.ROOT, "%.3f s", last));
            compare("status reads, " + streams + " streams open", reads, limitReads);
        }
        compare(
                "submissions",
                i -> submission(system.uri("/v1/videos"), i),
                i -> submission(URI.create(base + "/v1/videos"), i));
        print(
                "submissions, " + rate + " a second, gateway",
                ApiLoad.atRate(rate, Duration.ofSeconds(seconds), i -> submission(system.uri("/v1/videos"), i)));
        print("memory in the end", system.memoryMiB() + " MiB, at most " + system.peakMemoryMiB() + " MiB");
    }

    private void compare(String what, IntFunction<HttpRequest> gateway, IntFunction<HttpRequest> limit)
            throws Exception {
        print(what + ", in memory", load(limit));
        print(what + ", gateway", load(gateway));
    }

    private ApiLoad load(IntFunction<HttpRequest> request) throws Exception {
        Duration duration = Duration.ofSeconds(seconds);
        ApiLoad.of(clients, duration, request);
        return ApiLoad.of(clients, duration, request);
    }

    /** Puts states of jobs that are done where job-tracking would, and waits until the gateway has them. */
    private List<JobId> fill(SystemUnderTest system, PipelineClient client) throws Exception {
        long start = System.nanoTime();
        List<JobId> ids = IntStream.range(0, jobs).mapToObj(i -> JobId.random()).toList();
        ids.forEach(id -> client.publish(completed(id)));
        client.flush();
        List<JobId> last = new ArrayList<>(ids.subList(Math.max(0, jobs - 100), jobs));
        for (JobId id : last) {
            awaitAnswer(system.uri("/v1/videos/" + id));
        }
        print(
                "jobs put into the store",
                String.format(Locale.ROOT, "%d in %.1f s", jobs, (System.nanoTime() - start) / 1e9));
        return ids;
    }

    private static JobState completed(JobId id) {
        Instant now = Instant.now();
        JobSpec spec = ExampleSpec.read()
                .withBundle(DIGEST)
                .withSettings(
                        settings -> settings.model("stub").width(16).height(16).frames(1));
        ObjectRef object = new ObjectRef("galatea", ObjectKeys.clip(id, DIGEST), "video/mp4", 1, DIGEST);
        Clip clip = new Clip(object, object, null, 16, 16, 1, 8);
        return new JobState(
                id,
                JobStatus.COMPLETED,
                spec.prompt(),
                spec.model(),
                spec,
                List.of(),
                clip,
                null,
                List.of(new JobState.HistoryEntry(now, Stage.ADMISSION, "queued")),
                now,
                now,
                now,
                null,
                List.of(),
                null);
    }

    private Process startLimit(int port, String document) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        InMemoryServer.class.getName(),
                        Integer.toString(port),
                        Integer.toString(jobs),
                        document)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.to(new File("/dev/null")))
                .start();
    }

    private static void awaitAnswer(URI uri) throws Exception {
        Instant deadline = Instant.now().plus(LIMIT);
        while (Instant.now().isBefore(deadline)) {
            try {
                get(uri);
                return;
            } catch (IOException e) {
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException(uri + " was not answered within " + LIMIT);
    }

    private static String get(URI uri) throws IOException, InterruptedException {
        var answer = HTTP.send(read(uri), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(uri + ": " + answer.statusCode());
        }
        return answer.body();
    }

    private static HttpRequest read(URI uri) {
        return HttpRequest.newBuilder(uri).build();
    }

    private static HttpRequest submission(URI uri, int number) {
        return HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\": \"a red ball " + number % 10 + "\"}"))
                .build();
    }

    private static void print(String what, Object figures) {
        System.out.printf(Locale.ROOT, "%-44s %s%n", what, figures);
    }
}
