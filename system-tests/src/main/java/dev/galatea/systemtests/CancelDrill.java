package dev.galatea.systemtests;

import java.time.Instant;
import java.util.EnumSet;

import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;

/** Cancels jobs in the middle of denoising; the worker must be free for the next one. */
final class CancelDrill implements Drill {

    /** The step that runs when the command comes, and one that can begin before it is read. */
    private static final int STEPS_AFTER = 2;

    @Override
    public String title() {
        return "cancel";
    }

    @Override
    public String description() {
        return "cancel a job at a random step; the next one is taken within a step";
    }

    @Override
    public void run(DrillContext context) throws Exception {
        for (int i = 0; i < context.settings().kills(); i++) {
            JobId cancelled = context.submit(i % DrillContext.VARIANTS, EnumSet.of(JobStatus.CANCELLED));
            context.awaitStep(cancelled, 1);
            int at = steps(context, cancelled);
            context.publish(EventIds.random(), JobCommand.cancel(cancelled, "a drill", Instant.now()));
            JobId next = context.submit((i + 1) % DrillContext.VARIANTS);
            context.awaitStep(next, 1);
            int more = steps(context, cancelled) - at;
            context.target(
                    more <= STEPS_AFTER,
                    "job " + cancelled + ": " + more + " steps after it was cancelled, limit " + STEPS_AFTER);
        }
    }

    private static int steps(DrillContext context, JobId jobId) {
        return (int) context.log()
                .of(jobId)
                .filter(event -> event.progress(Stage.DENOISING, ProgressDetail.Step.class)
                        .isPresent())
                .count();
    }
}
