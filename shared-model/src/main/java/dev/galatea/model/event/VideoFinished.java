package dev.galatea.model.event;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;

/**
 * The terminal event of a job: exactly one per submitted job id, for readers at isolation level read_committed.
 *
 * @param status a terminal status
 * @param clip present if and only if completed
 * @param failure present if and only if not completed
 * @param spec absent if admission refused the prompt
 * @param stages the duration of each stage
 * @param remixOf the job whose settings or clip were taken over, as it was submitted
 * @param warnings about the job
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VideoFinished(
        JobId jobId,
        JobStatus status,
        @Nullable Clip clip,
        @Nullable Failure failure,
        @Nullable JobSpec spec,
        List<StageState> stages,
        Instant submittedAt,
        Instant finishedAt,
        @Nullable JobId remixOf,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<JobWarning> warnings)
        implements Event {

    public VideoFinished {
        Fields.require("jobId", jobId);
        Fields.require("status", status);
        Fields.require("submittedAt", submittedAt);
        Fields.require("finishedAt", finishedAt);
        Fields.require("stages", stages);
        stages = List.copyOf(stages);
        warnings = warnings == null ? List.of() : List.copyOf(warnings);
        if (!status.isDone()) {
            throw new IllegalArgumentException("status: " + status.wireName() + " is not terminal");
        }
        if ((status == JobStatus.COMPLETED) != (clip != null) || (clip == null) == (failure == null)) {
            throw new IllegalArgumentException("a completed job has a clip, any other one a failure");
        }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.finished(this);
    }
}
