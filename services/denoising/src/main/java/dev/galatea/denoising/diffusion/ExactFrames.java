package dev.galatea.denoising.diffusion;

import java.util.List;

import dev.galatea.model.tensor.Tensor;

/**
 * Lets each frame that is given exactly end as it is given: what the denoiser predicts of it is replaced by the
 * prediction of a model that knows the frame. So its latents have the noise of their step all the time, as the denoiser
 * is used to, and what a solver remembers of it is true as well.
 */
public final class ExactFrames implements ConditioningFrames {

    private final ConditioningLatents given;
    private final Tensor noise;

    /**
     * A policy for one run.
     *
     * @param noise f32 [C, T, H, W], the noise that sampling began with, also when it goes on from a later state
     */
    public ExactFrames(ConditioningLatents given, Tensor noise) {
        this.given = given;
        this.noise = noise;
    }

    @Override
    public ConditioningLatents told() {
        return given;
    }

    @Override
    public Tensor impose(Scheduler scheduler, SolverState state, Tensor prediction) {
        List<Integer> mask = given.mask();
        if (!mask.contains(ConditioningLatents.EXACT)) {
            return prediction;
        }
        long[] shape = prediction.shape();
        int area = Math.toIntExact(shape[2] * shape[3]);
        float[] truth = scheduler.truePrediction(state, given.latents(), noise).floats();
        float[] result = prediction.floats();
        for (int start = 0; start < result.length; start += area) {
            if (mask.get(start / area % mask.size()) == ConditioningLatents.EXACT) {
                System.arraycopy(truth, start, result, start, area);
            }
        }
        return Tensor.f32(shape, result);
    }
}
