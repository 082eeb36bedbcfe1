package dev.galatea.model.event;

import java.util.function.Consumer;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;

/**
 * A request for a video. Public and untrusted: every field but the job id and the prompt may be absent, and
 * job-tracking alone decides whether the values are acceptable (they are kept here exactly as they came, even when
 * senseless).
 *
 * @param settings the client's settings; absent ones become the bundle's defaults, and the seed one derived from the
 *     job id
 * @param seconds length of the clip, or of what an extension adds; excludes {@code frames}
 * @param truncate false to be refused if the model would not read all of the prompts; otherwise the job has a warning
 * @param remixOf the job whose settings were taken over; informative, not validated
 * @param requestDigest digest of the whole request that asks for the job, for requests that may be repeated: the job's
 *     state tells the first one from others with the same job id
 */
@RecordBuilder
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PromptSubmitted(
        JobId jobId,

        @RequestField(option = "PROMPT") String prompt,

        @JsonUnwrapped GenerationSettings settings,

        @RequestField(option = "--seconds") @Nullable Double seconds,

        @RequestField(option = "--whole-prompt") @Nullable Boolean truncate,

        @Nullable JobId remixOf,
        @Nullable Sha256 requestDigest)
        implements Event, PromptSubmittedBuilder.With {

    public PromptSubmitted {
        Fields.require("jobId", jobId);
        Fields.require("prompt", prompt);
        Fields.require("settings", settings);
    }

    /** A request of just a prompt; the bundle's defaults fill the rest. */
    public static PromptSubmitted of(JobId jobId, String prompt) {
        return of(jobId, prompt, GenerationSettings.DEFAULTS);
    }

    /** A request with settings. */
    public static PromptSubmitted of(JobId jobId, String prompt, GenerationSettings settings) {
        return new PromptSubmitted(jobId, prompt, settings, null, null, null, null);
    }

    /** The same request with some settings changed. */
    public PromptSubmitted withSettings(Consumer<GenerationSettingsBuilder> change) {
        return withSettings(settings.with(change));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.submitted(this);
    }
}
