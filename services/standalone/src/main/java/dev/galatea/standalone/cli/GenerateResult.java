package dev.galatea.standalone.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Clip;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.StageState;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;

/** The output of {@code --json}: one object, last on standard output. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record GenerateResult(
        @JsonProperty("job_id") String jobId,
        String status,
        @Nullable String output,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Integer frames,
        @Nullable Integer fps,
        @Nullable Long seed,
        @Nullable Integer steps,
        @Nullable String model,
        @JsonProperty("stage_seconds") Map<String, Double> stageSeconds,
        @JsonProperty("total_seconds") double totalSeconds,
        @JsonProperty("first_step_seconds") @Nullable Double firstStepSeconds,
        @Nullable Failure error) {

    /** The result of a prompt that was refused before anything was started. */
    static GenerateResult refused(JobId jobId, Failure refusal) {
        VideoFinished finished = new VideoFinished(
                jobId,
                JobStatus.REFUSED,
                null,
                refusal,
                null,
                List.of(),
                Instant.now(),
                Instant.now(),
                null,
                List.of());
        return of(finished, null, 0, null);
    }

    /** The same id, under the name that it has in answers over HTTP. */
    @JsonProperty("id")
    String id() {
        return jobId;
    }

    static GenerateResult of(
            VideoFinished finished, @Nullable Path output, double totalSeconds, @Nullable Double firstStepSeconds) {
        Clip clip = finished.clip();
        JobSpec spec = finished.spec();
        Map<String, Double> seconds = new LinkedHashMap<>();
        for (StageState stage : finished.stages()) {
            if (stage.seconds() != null) {
                seconds.put(stage.stage().wireName(), stage.seconds());
            }
        }
        return new GenerateResult(
                finished.jobId().toString(),
                finished.status().wireName(),
                output == null ? null : output.toString(),
                clip == null ? null : clip.width(),
                clip == null ? null : clip.height(),
                clip == null ? null : clip.frames(),
                clip == null ? null : clip.fps(),
                spec == null ? null : spec.seed(),
                spec == null ? null : spec.steps(),
                spec == null ? null : spec.model(),
                seconds,
                totalSeconds,
                firstStepSeconds,
                finished.failure());
    }
}
