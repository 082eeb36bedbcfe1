package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;

/**
 * Somebody wants a video. Public and untrusted: every field but the job id and the prompt may be absent, and job-tracking
 * alone decides whether the values are acceptable (they are kept here exactly as they came, even when senseless).
 *
 * @param negativePrompt what the clip should not show; absent means the bundle's default
 * @param model the bundle's name; absent means the default bundle
 * @param width pixels
 * @param height pixels
 * @param frames length of the clip, or of what an extension adds; excludes {@code seconds}
 * @param seconds the same in seconds; excludes {@code frames}
 * @param steps denoising steps
 * @param guidance classifier-free guidance scale
 * @param seed of the noise; absent means one derived from the job id
 * @param reference an image or video to start from; refused unless the bundle can take it
 * @param remixOf the job whose settings were taken over; kept for the record, checked by nobody
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromptSubmitted(
        JobId jobId,
        String prompt,
        @Nullable String negativePrompt,
        @Nullable String model,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Integer frames,
        @Nullable Double seconds,
        @Nullable Integer steps,
        @Nullable Double guidance,
        @Nullable Long seed,
        @Nullable ReferenceMedia reference,
        @Nullable JobId remixOf)
        implements Event {

    public PromptSubmitted {
        Fields.require("jobId", jobId);
        Fields.require("prompt", prompt);
    }

    /** A submission that remixes nothing. */
    public PromptSubmitted(
            JobId jobId,
            String prompt,
            @Nullable String negativePrompt,
            @Nullable String model,
            @Nullable Integer width,
            @Nullable Integer height,
            @Nullable Integer frames,
            @Nullable Double seconds,
            @Nullable Integer steps,
            @Nullable Double guidance,
            @Nullable Long seed,
            @Nullable ReferenceMedia reference) {
        this(
                jobId,
                prompt,
                negativePrompt,
                model,
                width,
                height,
                frames,
                seconds,
                steps,
                guidance,
                seed,
                reference,
                null);
    }

    /** A submission of just a prompt; the bundle's defaults fill the rest. */
    public static PromptSubmitted of(JobId jobId, String prompt) {
        return new PromptSubmitted(jobId, prompt, null, null, null, null, null, null, null, null, null, null);
    }
}
