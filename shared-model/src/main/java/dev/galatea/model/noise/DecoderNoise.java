package dev.galatea.model.noise;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.tensor.Tensor;

/**
 * The noise that some decoders expect in their latents and take out: (1 − s)·latents + s·noise, in the space before
 * normalisation, as LTX-Video's pipeline of diffusers mixes it. The noise is what a job's seed draws after the noise
 * that its clip began with.
 */
public final class DecoderNoise {

    private DecoderNoise() {}

    /**
     * Mixes in the noise that a bundle's decoder expects.
     *
     * @param latents f32 [C, T, H, W], normalised
     * @return the same shape, normalised; the latents themselves if the decoder expects none
     */
    public static Tensor mixed(Tensor latents, BundleManifest manifest, long seed) {
        Double level = manifest.decoding().noise();
        return level == null ? latents : mixed(latents, manifest.latent(), level, seed);
    }

    /** With normalised latents x, means μ and deviations σ: (1 − s)·x + s·(noise − μ)/σ. */
    public static Tensor mixed(Tensor latents, BundleManifest.Latent latent, double level, long seed) {
        TorchRandn generator = new TorchRandn(seed);
        generator.next(latents.shape());
        float[] noise = generator.next(latents.shape()).floats();
        float[] values = latents.floats();
        int channel = values.length / latent.channels();
        for (int i = 0; i < values.length; i++) {
            double mean = latent.mean().get(i / channel);
            double deviation = latent.std().get(i / channel);
            values[i] = (float) ((1 - level) * values[i] + level * (noise[i] - mean) / deviation);
        }
        return Tensor.f32(latents.shape(), values);
    }
}
