package dev.galatea.denoising.diffusion;

import java.util.Arrays;
import java.util.List;

import dev.galatea.model.tensor.Tensor;

/**
 * What is known of a clip before it is made. Immutable.
 *
 * @param latents f32 [C, T, H, W]; of no meaning where nothing is known
 * @param mask what each of the T latent frames is: {@code UNKNOWN}, {@code EXACT} or {@code STILL} of {@link
 *     dev.galatea.model.event.PromptConditioned}
 * @see <a href="../../../../../../../../../docs/decisions/0006-a-denoiser-may-be-told-a-part-of-the-clip.md">ADR 0006</a>
 */
public record Known(Tensor latents, List<Integer> mask) {

    /** In the mask of a latent frame that is part of the clip as it is. */
    public static final int EXACT = 1;

    public Known {
        mask = List.copyOf(mask);
        long[] shape = latents.shape();
        if (shape.length != 4 || shape[1] != mask.size()) {
            throw new IllegalArgumentException("mask: has " + mask.size() + " frames, but the latents are "
                    + Arrays.toString(shape) + "; valid is one for each latent frame");
        }
    }

    /**
     * The velocity with which each exact frame goes straight from its noise to what it is, and for all others the one that
     * was predicted.
     *
     * @param noise f32 [C, T, H, W], what sampling began with
     */
    Tensor straighten(Tensor velocity, Tensor noise) {
        if (!mask.contains(EXACT)) {
            return velocity;
        }
        long[] shape = latents.shape();
        int area = Math.toIntExact(shape[2] * shape[3]);
        float[] result = velocity.floats();
        float[] from = noise.floats();
        float[] to = latents.floats();
        for (int start = 0; start < result.length; start += area) {
            if (mask.get(start / area % mask.size()) == EXACT) {
                for (int i = start; i < start + area; i++) {
                    result[i] = from[i] - to[i];
                }
            }
        }
        return Tensor.f32(shape, result);
    }
}
