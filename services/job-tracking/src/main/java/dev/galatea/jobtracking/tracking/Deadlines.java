package dev.galatea.jobtracking.tracking;

import java.time.Duration;
import java.util.Map;

import dev.galatea.model.event.JobState;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * Says how long a job may go without news.
 *
 * @param waiting for a stage to take it
 * @param stages for stages whose own {@link StageDefinition#silence() silence} is not to be taken
 * @param retries how often a stage's input is published again before the job expires
 */
public record Deadlines(Duration waiting, Map<Stage, Duration> stages, int retries) {

    public Deadlines {
        stages = Map.copyOf(stages);
    }

    /** How long this job may be silent now that it was handed to {@code stage}. */
    public Duration of(JobState job, StageDefinition stage) {
        boolean taken =
                job.stages().stream().anyMatch(state -> state.stage().equals(stage.stage()) && state.attempts() > 0);
        return taken ? stages.getOrDefault(stage.stage(), stage.silence()) : waiting;
    }
}
