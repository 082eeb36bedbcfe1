package dev.galatea.benchmarks;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

import dev.galatea.benchmarks.JobMarks.Mark;

/** Says what a job took, and where: on the way between the stages, inside each, and by the system's own timers. */
final class OverheadReport {

    /** A stretch of a job's life, and what of it is not ours. */
    private record Leg(String name, Mark from, Mark to, ToDoubleFunction<OverheadSample> outside) {

        double seconds(OverheadSample sample) {
            return sample.marks().seconds(from, to) - outside.applyAsDouble(sample);
        }
    }

    private static final ToDoubleFunction<OverheadSample> NOTHING = sample -> 0;

    private static final List<Leg> LEGS = List.of(
            new Leg("submission to admission", Mark.SUBMITTED, Mark.ACCEPTED, NOTHING),
            new Leg("admission to text-conditioning", Mark.ACCEPTED, Mark.CONDITIONING, NOTHING),
            new Leg("text-conditioning", Mark.CONDITIONING, Mark.CONDITIONED, sample -> sample.onnx("textEncoder")),
            new Leg("text-conditioning to denoising", Mark.CONDITIONED, Mark.DENOISING, NOTHING),
            new Leg("denoising, steps", Mark.DENOISING, Mark.LAST_STEP, sample -> sample.onnx("denoiser")),
            new Leg("denoising, latents", Mark.LAST_STEP, Mark.DENOISED, NOTHING),
            new Leg("denoising to decoding", Mark.DENOISED, Mark.DECODING, NOTHING),
            new Leg("decoding", Mark.DECODING, Mark.DECODED, sample -> sample.onnx("decoder") + sample.ffmpeg()),
            new Leg("decoding to terminal event", Mark.DECODED, Mark.FINISHED, NOTHING),
            new Leg("terminal event to its reader", Mark.FINISHED, Mark.RECEIVED, NOTHING));

    private final List<OverheadSample> samples;

    OverheadReport(List<OverheadSample> samples) {
        this.samples = List.copyOf(samples);
    }

    void print(PrintStream out) {
        out.printf("%n%-44s %8s %8s %8s%n", "milliseconds", "median", "p90", "min");
        row(out, "end to end", OverheadSample::total);
        row(out, "in ONNX Runtime", OverheadSample::onnx);
        row(out, "in FFmpeg, its start included", OverheadSample::ffmpeg);
        row(out, "overhead: what remains", OverheadSample::overhead);
        out.printf("%nof the overhead:%n");
        LEGS.forEach(leg -> row(out, leg.name(), leg::seconds));
        out.printf("%nby timer (some run beside the job, or within each other):%n");
        timers().forEach(timer -> row(out, timer, sample -> sample.timers().getOrDefault(timer, 0.0)));
    }

    private Set<String> timers() {
        Set<String> names = new TreeSet<>();
        samples.forEach(sample -> sample.timers().forEach((name, seconds) -> {
            if (seconds > 0) {
                names.add(name);
            }
        }));
        return names;
    }

    private void row(PrintStream out, String name, ToDoubleFunction<OverheadSample> seconds) {
        double[] sorted = samples.stream().mapToDouble(seconds).sorted().toArray();
        out.printf(
                Locale.ROOT,
                "%-44s %8.1f %8.1f %8.1f%n",
                name,
                1000 * quantile(sorted, 0.5),
                1000 * quantile(sorted, 0.9),
                1000 * sorted[0]);
    }

    private static double quantile(double[] sorted, double quantile) {
        return sorted[(int) Math.round(quantile * (sorted.length - 1))];
    }
}
