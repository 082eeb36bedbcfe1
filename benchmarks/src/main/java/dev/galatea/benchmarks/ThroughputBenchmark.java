package dev.galatea.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

/**
 * Measures the throughput of everything but the model: a stub model (graphs of a few kilobytes, one step, the smallest
 * clip) takes almost no time, so that what remains is events, objects and bookkeeping, plus one FFmpeg process a clip.
 */
@Command(name = "throughput", description = "Jobs and events per second with a stub model; memory with a long queue.")
final class ThroughputBenchmark implements Callable<Integer> {

    private static final Duration LIMIT = Duration.ofMinutes(30);

    /** Jobs that admission has answered. */
    private static final String SUBMITTED = "galatea_jobs_submitted_total";

    @Option(names = "--root", defaultValue = ".", description = "The checkout.")
    Path root = Path.of(".");

    @Option(names = "--jobs", defaultValue = "500", description = "Jobs to finish.")
    int jobs;

    @Option(names = "--queued", defaultValue = "0", description = "Jobs to queue behind them, for the memory figure.")
    int queued;

    @Override
    public Integer call() throws Exception {
        Map<String, String> stub = Map.of(
                "GALATEA_BUNDLES_PATH",
                root.toAbsolutePath().resolve("benchmarks/stub-bundle").toString(),
                "GALATEA_BUNDLES_DEFAULT_NAME",
                "stub");
        try (SystemUnderTest system = SystemUnderTest.start(root.toAbsolutePath(), stub);
                PipelineClient client = new PipelineClient(system.bootstrapServers())) {
            finish(client, Math.max(10, jobs / 10));
            long recordsBefore = client.recordsWritten();
            long start = System.nanoTime();
            finish(client, jobs);
            double seconds = (System.nanoTime() - start) / 1e9;
            long records = client.recordsWritten() - recordsBefore;
            System.out.printf(
                    Locale.ROOT,
                    "jobs %d in %.1f s: %.1f jobs/s, %.0f records/s; peak memory %d MiB%n",
                    jobs,
                    seconds,
                    jobs / seconds,
                    records / seconds,
                    system.peakMemoryMiB());
            if (queued > 0) {
                queue(system, client);
            }
        }
        return 0;
    }

    private void finish(PipelineClient client, int count) throws Exception {
        submit(client, count);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        int finished = 0;
        while (finished < count) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("only " + finished + " of " + count + " jobs finished in " + LIMIT);
            }
            for (VideoFinished event : client.finished(Duration.ofMillis(200))) {
                if (event.status() != JobStatus.COMPLETED) {
                    throw new IllegalStateException("a job ended as " + event.status() + ": " + event.failure());
                }
                finished++;
            }
        }
    }

    private void queue(SystemUnderTest system, PipelineClient client) throws Exception {
        double before = PrometheusText.sum(system.metrics(), SUBMITTED);
        long start = System.nanoTime();
        submit(client, queued);
        while (PrometheusText.sum(system.metrics(), SUBMITTED) - before < queued) {
            Thread.sleep(500);
            if (System.nanoTime() - start > LIMIT.toNanos()) {
                throw new IllegalStateException("not all of " + queued + " jobs were admitted in " + LIMIT);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "queued %d in %.1f s: %.0f admissions/s; peak memory %d MiB%n",
                queued,
                seconds,
                queued / seconds,
                system.peakMemoryMiB());
    }

    private static void submit(PipelineClient client, int count) {
        for (int i = 0; i < count; i++) {
            client.submit(PromptSubmitted.of(JobId.random(), "a red ball " + i % 10));
        }
        client.flush();
    }
}
