package dev.galatea.denoising.diffusion;

import java.util.List;

import dev.galatea.model.tensor.Tensor;

/** The loop from noise to a clip's clean latents. Holds no state of a run; as thread-safe as its denoiser. */
public final class Sampler {

    private final Denoiser denoiser;
    private final Scheduler scheduler;
    private final Guidance guidance;
    private final ConditioningFrames given;

    /** A sampler that knows nothing of the clip but its text. */
    public Sampler(Denoiser denoiser, Scheduler scheduler, Guidance guidance) {
        this(denoiser, scheduler, guidance, ConditioningFrames.NONE);
    }

    /** A sampler of a clip of which frames are given. */
    public Sampler(Denoiser denoiser, Scheduler scheduler, Guidance guidance, ConditioningFrames given) {
        this.denoiser = denoiser;
        this.scheduler = scheduler;
        this.guidance = guidance;
        this.given = given;
    }

    /**
     * Goes all the steps that are left.
     *
     * @return the clean latents, f32 [C, T, H, W]
     * @throws DenoiserException if the model did not run
     * @throws NotFiniteException if the model gave no numbers
     */
    public <E extends Exception> Tensor run(SolverState start, StepListener<E> listener) throws E {
        SolverState state = start;
        while (state.step() < scheduler.steps()) {
            listener.beforeStep(state);
            SampledStep done = step(state);
            listener.afterStep(done);
            state = done.state();
        }
        return state.latents();
    }

    private SampledStep step(SolverState state) {
        int index = state.step();
        float timestep = scheduler.timestep(index);
        List<Denoiser.Input> batch = guidance.contexts(timestep).stream()
                .map(context -> new Denoiser.Input(state.latents(), timestep, context, given.told()))
                .toList();
        Tensor predicted = guidance.combine(timestep, denoiser.predict(batch));
        Tensor prediction = given.impose(scheduler, state, predicted);
        if (!Arithmetic.isFinite(prediction)) {
            throw new NotFiniteException(index, timestep);
        }
        SolverState next = scheduler.step(state, prediction);
        return new SampledStep(next, scheduler.steps(), () -> scheduler.estimate(state, prediction));
    }
}
