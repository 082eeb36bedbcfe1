package dev.galatea.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

/**
 * Measures the overhead of the pipeline: the time from sending a prompt event to receiving the finished-video event,
 * minus the time inside ONNX Runtime and FFmpeg, for one job at a time on a warm system; and where it goes.
 */
@Command(name = "overhead", description = "End-to-end time minus time in ONNX Runtime and FFmpeg, warm, one at a time.")
final class OverheadBenchmark implements Callable<Integer> {

    private static final Duration JOB_LIMIT = Duration.ofMinutes(5);

    /** Lets a job's last acknowledgements end before the next one starts, so that timers belong to one job. */
    private static final long SETTLING_MS = 300;

    @Option(names = "--root", defaultValue = ".", description = "The checkout.")
    Path root = Path.of(".");

    @Option(names = "--warm-up", defaultValue = "5", description = "Jobs that are not counted.")
    int warmUp;

    @Option(names = "--jobs", defaultValue = "20", description = "Jobs that are.")
    int jobs;

    @Option(names = "--steps", defaultValue = "8", description = "Denoising steps of a job.")
    int steps;

    @Override
    public Integer call() throws Exception {
        try (SystemUnderTest system = SystemUnderTest.start(root.toAbsolutePath(), Map.of());
                PipelineClient client = new PipelineClient(system.bootstrapServers()).tracing()) {
            for (int i = 0; i < warmUp; i++) {
                measure(system, client, i);
            }
            List<OverheadSample> samples = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                samples.add(measure(system, client, warmUp + i));
            }
            System.out.printf("jobs %d, steps %d%n", jobs, steps);
            new OverheadReport(samples).print(System.out);
            System.out.printf("%npeak memory %d MiB%n", system.peakMemoryMiB());
        }
        return 0;
    }

    private OverheadSample measure(SystemUnderTest system, PipelineClient client, int number) throws Exception {
        Map<String, Double> before = PrometheusText.timers(system.metrics());
        JobId jobId = JobId.random();
        Instant submitted = Instant.now();
        client.submit(PromptSubmitted.of(jobId, "a red ball " + number)
                .withSettings(settings -> settings.steps(steps).seed(1L)));
        VideoFinished finished = client.awaitFinished(jobId, JOB_LIMIT);
        Instant received = Instant.now();
        if (finished.status() != JobStatus.COMPLETED) {
            throw new IllegalStateException(
                    "job " + jobId + " ended as " + finished.status() + ": " + finished.failure());
        }
        JobMarks marks = client.trace(jobId, submitted, received);
        Thread.sleep(SETTLING_MS);
        Map<String, Double> timers = PrometheusText.timers(system.metrics());
        timers.replaceAll((name, seconds) -> seconds - before.getOrDefault(name, 0.0));
        return new OverheadSample(marks, timers);
    }
}
