package dev.galatea.denoising.diffusion;

import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.Tensor;

/** Fresh noise for steps of a run: the same for the same step, so that nothing of it has to be stored. */
@FunctionalInterface
interface StepNoise {

    /** The noise in the latents before step {@code index}, f32 of a shape; 0 is what a run begins with. */
    Tensor before(int index, long[] shape);

    /**
     * What a generator of the run's seed draws one after the other, as in pipelines that have one for all their noise.
     * Earlier draws are made again each time, so this is for runs of few steps.
     */
    static StepNoise seeded(long seed) {
        return (index, shape) -> {
            TorchRandn generator = new TorchRandn(seed);
            for (int i = 0; i < index; i++) {
                generator.next(shape);
            }
            return generator.next(shape);
        };
    }
}
