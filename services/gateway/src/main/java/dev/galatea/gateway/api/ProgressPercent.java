package dev.galatea.gateway.api;

import dev.galatea.gateway.jobs.RemainingWork;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;

/**
 * Computes a job's progress in percent, with stages weighted by their usual time. Only completed jobs have 100, and
 * those that wait have 0, whatever was prepared.
 */
final class ProgressPercent {

    private static final int COMPLETED = 100;
    private static final int MOST_OF_OPEN = 99;

    private ProgressPercent() {}

    static int of(JobState state) {
        if (state.status() == JobStatus.COMPLETED) {
            return COMPLETED;
        }
        if (state.status() == JobStatus.QUEUED) {
            return 0;
        }
        double percent = Pipeline.current().percent(state.spec(), stage -> RemainingWork.share(state, stage));
        return (int) Math.min(MOST_OF_OPEN, percent);
    }

    /** @param share of the stage that is done, 0 to 1; the stages before it are */
    static int of(Stage stage, double share) {
        return (int) Math.min(MOST_OF_OPEN, Pipeline.current().percentAt(stage, share));
    }
}
