package dev.galatea.encoding;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.Tensor;

/**
 * A job's reference media in the form that the denoiser takes.
 *
 * @param latents f32 [C, T, H, W] of the whole clip
 * @param mask the kind of each latent frame; null if the latents are a video to vary
 * @param source the frames of the video to continue, as rows of RGB bytes; null for anything else
 * @param imageEmbeddings f32 [N, E], of the picture that the clip begins with; null unless the bundle has them
 */
record ReferenceLatents(
        Tensor latents,
        @Nullable List<Integer> mask,
        @Nullable Path source,
        @Nullable Tensor imageEmbeddings) {

    /** The latents of media whose frames the clip does not keep. */
    ReferenceLatents(Tensor latents, @Nullable List<Integer> mask) {
        this(latents, mask, null, null);
    }

    /** The latents of a video to continue. */
    ReferenceLatents(Tensor latents, List<Integer> mask, Path source) {
        this(latents, mask, source, null);
    }
}
