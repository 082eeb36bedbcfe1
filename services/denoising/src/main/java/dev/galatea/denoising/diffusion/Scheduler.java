package dev.galatea.denoising.diffusion;

import dev.galatea.model.tensor.Tensor;

/** The policy that turns predictions into cleaner latents. Immutable and thread-safe. */
public interface Scheduler {

    /** The number of steps from noise to the clip. */
    int steps();

    /** What the denoiser is told at step {@code index} from 0. */
    float timestep(int index);

    /** The latents after step {@code index}, from those before it and the prediction for them. */
    Tensor step(int index, Tensor latents, Tensor prediction);

    /** Clean latents with as much noise as there is before step {@code index}. */
    Tensor noised(int index, Tensor clean, Tensor noise);

    /** What the clean latents look like from step {@code index}: for previews. */
    Tensor estimate(int index, Tensor latents, Tensor prediction);
}
