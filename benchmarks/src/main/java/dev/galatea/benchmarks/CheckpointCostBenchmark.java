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
 * Measures the cost of checkpoints: the time that denoising waited for them, out of the time that it took, both from
 * the same jobs, so that a busy machine slows down both.
 */
@Command(name = "checkpoint-cost", description = "Time that denoising waits for checkpoints, out of its whole time.")
final class CheckpointCostBenchmark implements Callable<Integer> {

    private static final Duration JOB_LIMIT = Duration.ofMinutes(5);
    private static final String WRITE = "galatea_checkpoint_write_seconds";
    private static final String STAGE = "galatea_stage_seconds_sum";

    @Option(names = "--root", defaultValue = ".", description = "The checkout.")
    Path root = Path.of(".");

    @Option(names = "--warm-up", defaultValue = "2", description = "Jobs that are not counted.")
    int warmUp;

    @Option(names = "--jobs", defaultValue = "3", description = "Jobs that are.")
    int jobs;

    @Option(names = "--steps", defaultValue = "100", description = "Denoising steps of a job.")
    int steps;

    @Option(names = "--interval", defaultValue = "PT10S", description = "Time between two checkpoints.")
    Duration interval = Duration.ofSeconds(10);

    @Option(names = "--every-steps", defaultValue = "0", description = "Steps between two checkpoints; 0 is never.")
    int everySteps;

    @Override
    public Integer call() throws Exception {
        Map<String, String> settings = Map.of(
                "GALATEA_DENOISING_CHECKPOINT_INTERVAL", interval.toString(),
                "GALATEA_DENOISING_CHECKPOINT_EVERY_STEPS", Integer.toString(everySteps));
        try (SystemUnderTest system = SystemUnderTest.start(root.toAbsolutePath(), settings);
                PipelineClient client = new PipelineClient(system.bootstrapServers())) {
            finish(client, warmUp);
            String before = system.metrics();
            finish(client, jobs);
            report(before, system.metrics());
        }
        return 0;
    }

    private void report(String before, String after) {
        double denoising = difference(before, after, STAGE, "stage=\"denoising\"");
        double writing = difference(before, after, WRITE + "_sum", "");
        double written = difference(before, after, WRITE + "_count", "");
        System.out.printf(
                Locale.ROOT,
                "jobs %d, steps %d: denoising %.1f s, of which %.3f s for %.0f checkpoints: %.2f %%%n",
                jobs,
                steps,
                denoising,
                writing,
                written,
                100 * writing / denoising);
        if (written > 0) {
            System.out.printf(Locale.ROOT, "%.1f ms each%n", 1000 * writing / written);
        }
    }

    private static double difference(String before, String after, String metric, String label) {
        return PrometheusText.sum(after, metric, label) - PrometheusText.sum(before, metric, label);
    }

    private void finish(PipelineClient client, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            JobId jobId = JobId.random();
            client.submit(PromptSubmitted.of(jobId, "a red ball " + i)
                    .withSettings(settings -> settings.steps(steps).seed(1L)));
            VideoFinished finished = client.awaitFinished(jobId, JOB_LIMIT);
            if (finished.status() != JobStatus.COMPLETED) {
                throw new IllegalStateException(
                        "job " + jobId + " ended as " + finished.status() + ": " + finished.failure());
            }
        }
    }
}
