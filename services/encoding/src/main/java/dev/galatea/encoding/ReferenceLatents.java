package dev.galatea.encoding;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.Tensor;

/**
 * What a job starts from, as the denoiser takes it.
 *
 * @param latents f32 [C, T, H, W] of the whole clip
 * @param mask what is known of each latent frame; null if the latents are a video to vary
 * @param source the frames of the video to continue, as rows of RGB bytes; null for anything else
 */
record ReferenceLatents(
        Tensor latents,
        @Nullable List<Integer> mask,
        @Nullable Path source) {

    /** Of media of which the clip itself keeps nothing. */
    ReferenceLatents(Tensor latents, @Nullable List<Integer> mask) {
        this(latents, mask, null);
    }
}
