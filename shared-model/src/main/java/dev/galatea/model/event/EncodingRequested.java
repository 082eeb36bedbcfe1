package dev.galatea.model.event;

import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.TensorRef;

/**
 * The prompts' embeddings are in the store; what the job starts from has yet to become latents. The encoding stage adds
 * them and passes the job on as {@link PromptConditioned}.
 *
 * @param spec with a reference
 * @param prompt embeddings of the prompt's tokens, shape [L, D]
 * @param negativePrompt embeddings of the negative prompt's tokens, shape [L', D]
 */
public record EncodingRequested(JobId jobId, JobSpec spec, TensorRef prompt, TensorRef negativePrompt)
        implements StageEvent {

    public EncodingRequested {
        Fields.require("jobId", jobId);
        Fields.require("spec", spec);
        Fields.require("spec.reference", spec.reference());
        Fields.require("prompt", prompt);
        Fields.require("negativePrompt", negativePrompt);
    }

    /** Requests that reference media are added to what text-conditioning made. */
    public static EncodingRequested of(PromptConditioned conditioned) {
        return new EncodingRequested(
                conditioned.jobId(), conditioned.spec(), conditioned.prompt(), conditioned.negativePrompt());
    }
}
