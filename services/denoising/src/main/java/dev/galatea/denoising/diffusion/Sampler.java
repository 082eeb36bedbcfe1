package dev.galatea.denoising.diffusion;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.Tensor;

/** The loop from noise to a clip's clean latents. Holds no state of a run; as thread-safe as its denoiser. */
public final class Sampler {

    private final Denoiser denoiser;
    private final Scheduler scheduler;
    private final Guidance guidance;
    private final @Nullable Known known;
    private final @Nullable Tensor noise;

    /** A sampler that knows nothing of the clip but its text. */
    public Sampler(Denoiser denoiser, Scheduler scheduler, Guidance guidance) {
        this(denoiser, scheduler, guidance, null, null);
    }

    /**
     * A sampler that is told a part of the clip.
     *
     * @param noise f32 [C, T, H, W], what sampling began with, also when it goes on from a later state
     */
    public Sampler(
            Denoiser denoiser, Scheduler scheduler, Guidance guidance, @Nullable Known known, @Nullable Tensor noise) {
        this.denoiser = denoiser;
        this.scheduler = scheduler;
        this.guidance = guidance;
        this.known = known;
        this.noise = noise;
    }

    /**
     * Goes all the steps that are left.
     *
     * @return the clean latents, f32 [C, T, H, W]
     * @throws DenoiserException if the model did not run
     * @throws NotFiniteException if the model gave no numbers
     */
    public <E extends Exception> Tensor run(SamplerState start, StepListener<E> listener) throws E {
        SamplerState state = start;
        while (state.step() < scheduler.steps()) {
            listener.beforeStep(state);
            SampledStep done = step(state);
            listener.afterStep(done);
            state = done.state();
        }
        return state.latents();
    }

    private SampledStep step(SamplerState state) {
        int index = state.step();
        Tensor latents = state.latents();
        float timestep = scheduler.timestep(index);
        List<Denoiser.Input> batch = guidance.contexts(timestep).stream()
                .map(context -> new Denoiser.Input(latents, timestep, context, known))
                .toList();
        Tensor prediction = straighten(guidance.combine(denoiser.predict(batch)));
        if (!Arithmetic.isFinite(prediction)) {
            throw new NotFiniteException(index, timestep);
        }
        SamplerState next = new SamplerState(index + 1, scheduler.step(index, latents, prediction));
        return new SampledStep(next, scheduler.steps(), () -> scheduler.estimate(index, latents, prediction));
    }

    private Tensor straighten(Tensor prediction) {
        return known == null || noise == null ? prediction : known.straighten(prediction, noise);
    }
}
