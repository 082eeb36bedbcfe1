package dev.galatea.jobtracking.tracking;

import java.time.Duration;
import java.util.Map;

import dev.galatea.model.event.JobState;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * Computes the deadlines of jobs that make no progress.
 *
 * @param waiting for a stage to take it
 * @param stages for stages whose own {@link StageDefinition#silence() silence} is not to be taken
 * @param retries number of times that a stage's input is published again before the job expires
 */
public record Deadlines(Duration waiting, Map<Stage, Duration> stages, int retries) {

    public Deadlines {
        stages = Map.copyOf(stages);
    }

    /** Returns the time that this job, handed to {@code stage}, may go without a report. */
    public Duration of(JobState job, StageDefinition stage) {
        boolean taken =
                job.stages().stream().anyMatch(state -> state.stage().equals(stage.stage()) && state.attempts() > 0);
        return taken ? stages.getOrDefault(stage.stage(), stage.silence()) : waiting;
    }
}
