package dev.galatea.benchmarks;

import java.util.Map;
import java.util.function.Predicate;

import dev.galatea.benchmarks.JobMarks.Mark;

/**
 * One job as it was measured.
 *
 * @param timers seconds that this job added to each of the system's timers, by name and labels
 */
record OverheadSample(JobMarks marks, Map<String, Double> timers) {

    private static final String ONNX = "galatea_onnx_run{";
    private static final String FFMPEG = "galatea_ffmpeg_run";
    private static final String PREVIEW = "role=\"previewDecoder\"";

    OverheadSample {
        timers = Map.copyOf(timers);
    }

    double total() {
        return marks.seconds(Mark.SUBMITTED, Mark.RECEIVED);
    }

    /** Seconds in ONNX Runtime that the job waited for; previews are painted beside it. */
    double onnx() {
        return sum(name -> name.startsWith(ONNX) && !name.contains(PREVIEW));
    }

    /** The same of one model. */
    double onnx(String role) {
        return sum(name -> name.startsWith(ONNX) && name.contains("role=\"" + role + "\""));
    }

    /** Seconds that the job waited for FFmpeg, its start included. */
    double ffmpeg() {
        return sum(name -> name.startsWith(FFMPEG));
    }

    double overhead() {
        return total() - onnx() - ffmpeg();
    }

    private double sum(Predicate<String> names) {
        return timers.entrySet().stream()
                .filter(timer -> names.test(timer.getKey()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
