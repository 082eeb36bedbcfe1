package dev.galatea.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.StageState;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

/**
 * What the pipeline adds: the time from sending a prompt event to receiving the finished-video event, minus the time
 * inside ONNX Runtime and FFmpeg, for one job at a time on a warm system.
 */
@Command(name = "overhead", description = "End-to-end time minus time in ONNX Runtime and FFmpeg, warm, one at a time.")
final class OverheadBenchmark implements Callable<Integer> {

    private static final Duration JOB_LIMIT = Duration.ofMinutes(5);
    private static final String ONNX_SECONDS = "galatea_onnx_run_seconds_sum";
    private static final String FFMPEG_SECONDS = "galatea_ffmpeg_run_seconds_sum";

    @Option(names = "--root", defaultValue = ".", description = "The checkout.")
    Path root = Path.of(".");

    @Option(names = "--warm-up", defaultValue = "5", description = "Jobs that are not counted.")
    int warmUp;

    @Option(names = "--jobs", defaultValue = "20", description = "Jobs that are.")
    int jobs;

    @Option(names = "--steps", defaultValue = "8", description = "Denoising steps of a job.")
    int steps;

    private record Sample(double total, double onnx, double ffmpeg, double stages) {

        double overhead() {
            return total - onnx - ffmpeg;
        }
    }

    @Override
    public Integer call() throws Exception {
        try (SystemUnderTest system = SystemUnderTest.start(root.toAbsolutePath(), Map.of());
                PipelineClient client = new PipelineClient(system.bootstrapServers())) {
            for (int i = 0; i < warmUp; i++) {
                measure(system, client, i);
            }
            List<Sample> samples = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                samples.add(measure(system, client, warmUp + i));
            }
            print(samples, system.peakMemoryMiB());
        }
        return 0;
    }

    private Sample measure(SystemUnderTest system, PipelineClient client, int number) throws Exception {
        String before = system.metrics();
        JobId jobId = JobId.random();
        long start = System.nanoTime();
        client.submit(new PromptSubmitted(
                jobId, "a red ball " + number, null, null, null, null, null, null, steps, null, 1L, null));
        VideoFinished finished = client.awaitFinished(jobId, JOB_LIMIT);
        double total = (System.nanoTime() - start) / 1e9;
        if (finished.status() != JobStatus.COMPLETED) {
            throw new IllegalStateException(
                    "job " + jobId + " ended as " + finished.status() + ": " + finished.failure());
        }
        String after = system.metrics();
        double stages = finished.stages().stream()
                .map(StageState::seconds)
                .filter(seconds -> seconds != null)
                .mapToDouble(Double::doubleValue)
                .sum();
        return new Sample(
                total,
                PrometheusText.sum(after, ONNX_SECONDS) - PrometheusText.sum(before, ONNX_SECONDS),
                PrometheusText.sum(after, FFMPEG_SECONDS) - PrometheusText.sum(before, FFMPEG_SECONDS),
                stages);
    }

    private void print(List<Sample> samples, long peakMemoryMiB) {
        double[] overheads =
                sorted(samples.stream().mapToDouble(Sample::overhead).toArray());
        double[] between =
                sorted(samples.stream().mapToDouble(s -> s.total() - s.stages()).toArray());
        double[] inside = sorted(samples.stream()
                .mapToDouble(s -> s.stages() - s.onnx() - s.ffmpeg())
                .toArray());
        double[] totals = sorted(samples.stream().mapToDouble(Sample::total).toArray());
        System.out.printf(
                Locale.ROOT,
                "jobs %d, steps %d%nend to end    median %.0f ms%noverhead      median %.0f ms, p90 %.0f ms, min %.0f ms%n"
                        + "  between stages (Kafka, admission, terminal event)  median %.0f ms%n"
                        + "  inside stages (store, events, pictures)            median %.0f ms%n"
                        + "peak memory   %d MiB%n",
                samples.size(),
                steps,
                millis(totals, 0.5),
                millis(overheads, 0.5),
                millis(overheads, 0.9),
                millis(overheads, 0),
                millis(between, 0.5),
                millis(inside, 0.5),
                peakMemoryMiB);
    }

    private static double[] sorted(double[] values) {
        Arrays.sort(values);
        return values;
    }

    private static double millis(double[] sorted, double quantile) {
        return 1000 * sorted[(int) Math.min(sorted.length - 1, Math.round(quantile * (sorted.length - 1)))];
    }
}
