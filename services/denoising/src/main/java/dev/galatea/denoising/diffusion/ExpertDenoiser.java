package dev.galatea.denoising.diffusion;

import java.util.List;

import dev.galatea.model.tensor.Tensor;

/**
 * Two denoisers that share a run: one was trained for much noise, the other for little. As thread-safe as they are.
 *
 * @param boundary from this timestep up {@code highNoise} predicts, below it {@code lowNoise}
 */
public record ExpertDenoiser(Denoiser highNoise, Denoiser lowNoise, float boundary) implements Denoiser {

    @Override
    public List<Tensor> predict(List<Input> batch) {
        return (batch.get(0).timestep() >= boundary ? highNoise : lowNoise).predict(batch);
    }
}
