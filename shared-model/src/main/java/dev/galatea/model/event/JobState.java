package dev.galatea.model.event;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;

/**
 * The state of a job: a fold of its events, latest per key. Any replica of any service can answer from it.
 *
 * @param prompt as it was submitted
 * @param model as it was submitted, or the default
 * @param spec absent if admission refused the prompt
 * @param stages in the order of the pipeline, only those that have begun
 * @param clip present when completed
 * @param failure present when failed, refused, cancelled or expired
 * @param history the job's changes, oldest first; bounded, so the middle of a very long one may be missing
 * @param finishedAt the time at which the job reached its terminal status
 * @param remixOf the job whose settings were taken over, as it was submitted
 * @param warnings about a job that admission accepted
 * @param requestDigest that of the prompt which admission took, as it was submitted
 */
@RecordBuilder
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobState(
        JobId jobId,
        JobStatus status,
        String prompt,
        @Nullable String model,
        @Nullable JobSpec spec,
        List<StageState> stages,
        @Nullable Clip clip,
        @Nullable Failure failure,
        List<HistoryEntry> history,
        Instant submittedAt,
        Instant updatedAt,
        @Nullable Instant finishedAt,
        @Nullable JobId remixOf,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<JobWarning> warnings,
        @Nullable Sha256 requestDigest)
        implements Event, JobStateBuilder.With {

    /** UTF-16 units of a prompt that states hold at most; those of refused prompts are cut. */
    private static final int MAX_PROMPT = 100_000;

    public JobState {
        Fields.require("jobId", jobId);
        Fields.require("status", status);
        Fields.require("prompt", prompt);
        prompt = Fields.cut(prompt, MAX_PROMPT);
        model = Fields.cutIfPresent(model, Fields.MAX_NAME);
        Fields.require("submittedAt", submittedAt);
        Fields.require("updatedAt", updatedAt);
        Fields.require("stages", stages);
        stages = List.copyOf(stages);
        Fields.require("history", history);
        history = List.copyOf(history);
        warnings = warnings == null ? List.of() : List.copyOf(warnings);
    }

    /** An entry of a job's history, for people. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record HistoryEntry(Instant at, @Nullable Stage stage, String what) {

        public HistoryEntry {
            Fields.require("history.at", at);
            Fields.require("history.what", what);
            what = Fields.cut(what, Fields.MAX_REASON);
        }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.changed(this);
    }
}
