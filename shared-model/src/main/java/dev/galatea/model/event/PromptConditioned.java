package dev.galatea.model.event;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.TensorRef;

/**
 * Reports that the denoiser's conditioning is in the store.
 *
 * @param prompt embeddings of the prompt's tokens, shape [L, D]
 * @param negativePrompt embeddings of the negative prompt's tokens, shape [L', D]
 * @param referenceLatents added by the encoding stage for jobs with reference media, shape [C, T, H, W]
 * @param referenceMask the kind of each of the T latent frames of {@code referenceLatents}: {@link #UNKNOWN},
 *     {@link #EXACT} or {@link #STILL}; absent if they are a video to vary
 * @param source for {@link ReferenceMedia.Role#EXTENSION}: the frames of the video to continue, fitted, as rows of RGB
 *     bytes
 * @param imageEmbeddings added by the encoding stage for bundles that have them: what the denoiser is told of the
 *     picture that the clip begins with, shape [N, E]
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromptConditioned(
        JobId jobId,
        JobSpec spec,
        TensorRef prompt,
        TensorRef negativePrompt,
        @Nullable TensorRef referenceLatents,
        @Nullable List<Integer> referenceMask,
        @Nullable ObjectRef source,
        @Nullable TensorRef imageEmbeddings)
        implements StageEvent {

    /** The latent frame is unknown; the denoiser generates it. */
    public static final int UNKNOWN = 0;

    /** This latent frame is part of the clip as it is. */
    public static final int EXACT = 1;

    /** This is a picture that the clip begins or ends with, as a latent frame in which nothing moves. */
    public static final int STILL = 2;

    public PromptConditioned {
        Fields.require("jobId", jobId);
        Fields.require("spec", spec);
        Fields.require("prompt", prompt);
        Fields.require("negativePrompt", negativePrompt);
        if (referenceMask != null) {
            Fields.require("referenceLatents", referenceLatents);
            referenceMask = List.copyOf(referenceMask);
            for (int known : referenceMask) {
                if (known < UNKNOWN || known > STILL) {
                    throw new IllegalArgumentException(
                            "referenceMask: must hold 0 (unknown), 1 (exact) or 2 (still), was " + known);
                }
            }
        }
    }

    /** The conditioning of a job with text alone. */
    public PromptConditioned(JobId jobId, JobSpec spec, TensorRef prompt, TensorRef negativePrompt) {
        this(jobId, spec, prompt, negativePrompt, null, null);
    }

    /** The conditioning of a job with reference latents, of which decoding needs nothing. */
    public PromptConditioned(
            JobId jobId,
            JobSpec spec,
            TensorRef prompt,
            TensorRef negativePrompt,
            @Nullable TensorRef referenceLatents,
            @Nullable List<Integer> referenceMask) {
        this(jobId, spec, prompt, negativePrompt, referenceLatents, referenceMask, null, null);
    }
}
