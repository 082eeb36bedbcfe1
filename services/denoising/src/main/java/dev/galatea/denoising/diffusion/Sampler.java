package dev.galatea.denoising.diffusion;

import java.util.List;

import dev.galatea.model.tensor.Tensor;

/** The loop from noise to a clip's clean latents. Holds no state of a run; as thread-safe as its denoiser. */
public final class Sampler {

    private final Denoiser denoiser;
    private final Scheduler scheduler;
    private final Guidance guidance;
    private final ConditioningFrames given;
    private final StepCache cache;

    /** A sampler that knows nothing of the clip but its text. */
    public Sampler(Denoiser denoiser, Scheduler scheduler, Guidance guidance) {
        this(denoiser, scheduler, guidance, ConditioningFrames.NONE, StepCache.NONE);
    }

    /**
     * A sampler.
     *
     * @param given the frames of the clip that are given beforehand
     * @param cache decides which steps do without the denoiser
     */
    public Sampler(
            Denoiser denoiser, Scheduler scheduler, Guidance guidance, ConditioningFrames given, StepCache cache) {
        this.denoiser = denoiser;
        this.scheduler = scheduler;
        this.guidance = guidance;
        this.given = given;
        this.cache = cache;
    }

    /**
     * Goes all the steps that are left.
     *
     * @return the last state, whose latents are the clean ones
     * @throws DenoiserException if the model did not run
     * @throws NotFiniteException if the model gave no numbers
     */
    public <E extends Exception> SolverState run(SolverState start, StepListener<E> listener) throws E {
        SolverState state = start;
        while (state.step() < scheduler.steps()) {
            listener.beforeStep(state);
            SampledStep done = step(state);
            listener.afterStep(done);
            state = done.state();
        }
        return state;
    }

    private SampledStep step(SolverState state) {
        Tensor cached = cache.prediction(state, scheduler, guidance, given.told());
        Tensor predicted = cached == null ? predict(state) : cached;
        Tensor prediction = given.impose(scheduler, state, predicted);
        if (!Arithmetic.isFinite(prediction)) {
            throw new NotFiniteException(state.step(), scheduler.timestep(state.step()));
        }
        SolverState after = scheduler.step(state, prediction);
        SolverState next = cached == null ? cache.ran(state, predicted, after) : cache.reused(state, predicted, after);
        return new SampledStep(next, scheduler.steps(), () -> scheduler.estimate(state, prediction));
    }

    private Tensor predict(SolverState state) {
        float timestep = scheduler.timestep(state.step());
        List<Denoiser.Input> batch = guidance.contexts(timestep).stream()
                .map(context -> new Denoiser.Input(state.latents(), timestep, context, given.told()))
                .toList();
        return guidance.combine(timestep, denoiser.predict(batch));
    }
}
