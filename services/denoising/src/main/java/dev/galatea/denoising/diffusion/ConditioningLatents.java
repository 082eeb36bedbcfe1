package dev.galatea.denoising.diffusion;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.Tensor;

/**
 * The part of a clip that the denoiser is told. Immutable.
 *
 * @param latents f32 [C, T, H, W]; of no meaning where nothing is known
 * @param mask the kind of each of the T latent frames: {@code UNKNOWN}, {@code EXACT} or {@code STILL} of
 *     {@link dev.galatea.model.event.PromptConditioned}
 * @param imageEmbeddings f32 [N, E], of the picture that the clip begins with; null unless the bundle has them
 * @see <a href="../../../../../../../../../docs/decisions/0006-a-denoiser-may-be-told-a-part-of-the-clip.md">ADR
 *     0006</a>
 */
public record ConditioningLatents(
        Tensor latents, List<Integer> mask, @Nullable Tensor imageEmbeddings) {

    /** The kind of a latent frame that is part of the clip as it is. */
    public static final int EXACT = 1;

    public ConditioningLatents {
        mask = List.copyOf(mask);
        long[] shape = latents.shape();
        if (shape.length != 4 || shape[1] != mask.size()) {
            throw new IllegalArgumentException("mask: has " + mask.size() + " frames, but the latents are "
                    + Arrays.toString(shape) + "; valid is one for each latent frame");
        }
    }

    /** What a denoiser is told that looks at no picture. */
    public ConditioningLatents(Tensor latents, List<Integer> mask) {
        this(latents, mask, null);
    }
}
