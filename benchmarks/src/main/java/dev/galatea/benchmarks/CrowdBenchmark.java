package dev.galatea.benchmarks;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.galatea.model.event.Clip;
import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Measures the cost of a crowd of prompts for the jobs before it. While a worker makes a long clip, many prompts are
 * published at once; beside them come progress, results and cancel commands of jobs that run already, each of which is
 * timed until everybody can read what follows from it. The worker is real, and so are its reports; those of the other
 * jobs are published by the benchmark, because their inputs wait behind the long clip.
 */
@Command(name = "crowd", description = "Time until progress, end and cancel of running jobs are seen, beside a crowd.")
final class CrowdBenchmark implements Callable<Integer> {

    /** The name in the reports that the benchmark publishes itself. */
    static final String WORKER = "benchmark";

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Sha256 DIGEST = Sha256.of(new byte[0]);
    private static final String ADMITTED = "galatea_jobs_submitted_total";

    @Option(names = "--root", defaultValue = ".", description = "The checkout.")
    Path root = Path.of(".");

    @Option(names = "--prompts", defaultValue = "100000", description = "Prompts that come at once.")
    int prompts;

    @Option(names = "--jobs", defaultValue = "300", description = "Running jobs beside them.")
    int jobs;

    @Option(names = "--seconds", defaultValue = "60", description = "Of the measurement.")
    int seconds;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Latencies httpEnds = new Latencies();
    private final Map<JobId, JobSpec> specs = new HashMap<>();
    private final ExecutorService readers = Executors.newFixedThreadPool(8);

    @Override
    public Integer call() throws Exception {
        Path bundles = Files.createTempDirectory("galatea-bundles");
        Path checkout = root.toAbsolutePath();
        Files.createSymbolicLink(bundles.resolve("stub"), checkout.resolve("benchmarks/stub-bundle/stub"));
        Files.createSymbolicLink(bundles.resolve("pebble"), checkout.resolve("models/pebble"));
        Map<String, String> settings = Map.of(
                "GALATEA_BUNDLES_PATH", bundles.toString(),
                "GALATEA_BUNDLES_DEFAULT_NAME", "stub",
                "GALATEA_GATEWAY_MAX_OPEN_JOBS", "10000000");
        try (SystemUnderTest system = SystemUnderTest.start(checkout, settings);
                PipelineClient client = new PipelineClient(system.bootstrapServers());
                CrowdWatcher watcher = new CrowdWatcher(system.bootstrapServers())) {
            measure(system, client, watcher);
        } finally {
            readers.shutdownNow();
            Directories.delete(bundles);
        }
        return 0;
    }

    private void measure(SystemUnderTest system, PipelineClient client, CrowdWatcher watcher) throws Exception {
        JobId longJob = startLongJob(client, watcher);
        List<JobId> running = startOthers(client, watcher);
        probe(system, client, watcher, running.subList(0, jobs / 3), Duration.ofSeconds(seconds / 3));
        report("without a crowd", watcher);

        double before = PrometheusText.sum(system.metrics(), ADMITTED);
        long start = System.nanoTime();
        for (int i = 0; i < prompts; i++) {
            client.submit(PromptSubmitted.of(JobId.random(), "a red ball " + i % 10));
        }
        client.flush();
        print("prompts published", String.format(Locale.ROOT, "%d in %.1f s", prompts, secondsSince(start)));
        try (CrowdWatcher beside = new CrowdWatcher(system.bootstrapServers())) {
            beside.follow(longJob);
            running.forEach(beside::follow);
            probe(system, client, beside, running.subList(jobs / 3, jobs), Duration.ofSeconds(seconds));
            double admitted = PrometheusText.sum(system.metrics(), ADMITTED) - before;
            double took = secondsSince(start);
            report("beside the crowd", beside);
            print(
                    "admitted meanwhile",
                    String.format(
                            Locale.ROOT, "%.0f of %d in %.0f s: %.0f/s", admitted, prompts, took, admitted / took));
        }
        print("the long clip", "step " + watcher.step(longJob));
        print("peak memory", system.peakMemoryMiB() + " MiB");
    }

    /** Has the only denoising worker busy for as long as everything takes. */
    private JobId startLongJob(PipelineClient client, CrowdWatcher watcher) throws Exception {
        JobId job = JobId.random();
        watcher.follow(job);
        String json = "{\"jobId\": \"" + job + "\", \"prompt\": \"a red ball\", \"model\": \"pebble\", \"width\": 256,"
                + " \"height\": 144, \"frames\": 192, \"steps\": 100}";
        client.publish(EventCodec.read(PromptSubmitted.class, json.getBytes(UTF_8)));
        await("the long clip is begun", () -> watcher.step(job) > 0);
        return job;
    }

    /** Jobs that have passed text-conditioning, and wait for the worker. */
    private List<JobId> startOthers(PipelineClient client, CrowdWatcher watcher) throws Exception {
        List<JobId> others = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            JobId job = JobId.random();
            others.add(job);
            watcher.follow(job);
            client.submit(PromptSubmitted.of(job, "a blue ball"));
        }
        for (JobId job : others) {
            await("jobs run", () -> {
                JobState state = watcher.state(job);
                return state != null && state.stages().stream().anyMatch(stage -> stage.finishedAt() != null);
            });
            JobState begun = Objects.requireNonNull(watcher.state(job));
            specs.put(job, Objects.requireNonNull(begun.spec()));
        }
        return others;
    }

    /** Lets each of the jobs report a step, and then end or be cancelled, evenly spread over a time. */
    private void probe(
            SystemUnderTest system, PipelineClient client, CrowdWatcher watcher, List<JobId> running, Duration time)
            throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < running.size(); i++) {
            JobId job = running.get(i);
            watcher.progress.begin(job + "/1");
            client.publish(new Progress(job, Stage.DENOISING, Instant.now(), WORKER, new ProgressDetail.Step(1, 2)));
            pauseUntil(start, time, (i + 0.5) / running.size());
            if (i % 2 == 0) {
                watcher.ends.begin(job.toString());
                httpEnds.begin(job.toString());
                client.publish(decoded(job));
            } else {
                watcher.cancels.begin(job.toString());
                httpEnds.begin(job.toString());
                client.publish(JobCommand.cancel(job, "the benchmark is over", Instant.now()));
            }
            readers.execute(() -> awaitEnd(system, job));
            pauseUntil(start, time, (i + 1.0) / running.size());
        }
        long deadline = System.nanoTime() + LIMIT.toNanos() / 4;
        while (watcher.ends.open() + watcher.cancels.open() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(50);
        }
    }

    private void awaitEnd(SystemUnderTest system, JobId job) {
        HttpRequest request =
                HttpRequest.newBuilder(system.uri("/v1/videos/" + job)).build();
        try {
            for (int i = 0; i < 1_000; i++) {
                String body = http.send(request, BodyHandlers.ofString()).body();
                if (body.contains("\"completed\"") || body.contains("\"cancelled\"") || body.contains("\"failed\"")) {
                    httpEnds.end(job.toString());
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("the end of " + job + " was not read: " + e);
        }
    }

    private ClipDecoded decoded(JobId job) {
        ObjectRef object = new ObjectRef("galatea", ObjectKeys.clip(job, DIGEST), "video/mp4", 1, DIGEST);
        Clip clip = new Clip(object, object, null, 64, 64, 4, 8);
        return new ClipDecoded(job, Objects.requireNonNull(specs.get(job)), clip);
    }

    private static void pauseUntil(long start, Duration time, double share) throws InterruptedException {
        long left = start + (long) (time.toNanos() * share) - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not within " + LIMIT + ": " + what);
            }
            Thread.sleep(20);
        }
    }

    private void report(String when, CrowdWatcher watcher) {
        print("progress, " + when, watcher.progress);
        print("terminal event, " + when, watcher.ends);
        print("cancel, " + when, watcher.cancels);
        print("the worker's own progress, " + when, watcher.reports);
        print("end of a job by HTTP, so far", httpEnds);
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static void print(String what, Object figures) {
        System.out.printf(Locale.ROOT, "%-48s %s%n", what, figures);
    }
}
