package dev.galatea.model.pipeline;

import java.util.function.ToDoubleFunction;

import dev.galatea.model.event.JobSpec;

/** Measures of work that a stage's time is proportional to; see {@link dev.galatea.model.work.Pace}. */
public final class WorkUnits {

    /**
     * Pixels of a clip, all frames together, at which attention between its tokens takes as long as the rest of a step.
     * Between models this differs less than one would think: larger ones are wider, but put fewer pixels into a token.
     */
    private static final double ATTENTION_PIXELS = 8e6;

    private WorkUnits() {}

    /** One per job. */
    public static ToDoubleFunction<JobSpec> jobs() {
        return spec -> 1;
    }

    /** Pixels of the clip, all frames together. */
    public static ToDoubleFunction<JobSpec> pixels() {
        return WorkUnits::pixelsOf;
    }

    /** Pixels that the denoiser works at, and attention between them, in each step; twice with guidance. */
    public static ToDoubleFunction<JobSpec> denoisedPixels() {
        return spec -> {
            double pixels = (double) spec.denoisedWidth() * spec.denoisedHeight() * spec.frames();
            return pixels * (1 + pixels / ATTENTION_PIXELS) * spec.steps() * (spec.guidance() > 1 ? 2 : 1);
        };
    }

    /** Pixels of the finished clip, all frames together. */
    public static ToDoubleFunction<JobSpec> finishedPixels() {
        return spec -> {
            double larger = (double) spec.upscaleOrOne() * spec.upscaleOrOne();
            return larger * spec.width() * spec.height() * spec.finishedFrames(spec.frames());
        };
    }

    private static double pixelsOf(JobSpec spec) {
        return (double) spec.width() * spec.height() * spec.frames();
    }
}
