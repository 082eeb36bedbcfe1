package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.TensorRef;

/**
 * What the denoiser is conditioned on is in the store.
 *
 * @param prompt embeddings of the prompt's tokens, shape [L, D]
 * @param negativePrompt embeddings of the negative prompt's tokens, shape [L', D]
 * @param referenceLatents added by the encoding stage for jobs with reference media, shape [C, T, H, W]
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromptConditioned(
        JobId jobId,
        JobSpec spec,
        TensorRef prompt,
        TensorRef negativePrompt,
        @Nullable TensorRef referenceLatents) implements Event {

    public PromptConditioned {
        Fields.require("jobId", jobId);
        Fields.require("spec", spec);
        Fields.require("prompt", prompt);
        Fields.require("negativePrompt", negativePrompt);
    }
}
