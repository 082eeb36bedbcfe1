package dev.galatea.systemtests;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;

/**
 * No step before the last checkpoint is done again: whoever takes a job up goes on from there, unless its history says
 * that the checkpoint was refused. A worker that has lost a job, but does not know it yet, is not meant. Follows the
 * reports of one job in their order. Not thread-safe.
 */
final class CheckpointRule {

    private final Set<String> seen = new HashSet<>();
    private final List<String> violations = new ArrayList<>();
    private int stored;
    private int resumedFrom;
    private @Nullable String worker;

    private CheckpointRule() {}

    /** The steps of a job that were done again without need. */
    static List<String> violations(Stream<ObservedEvent> job) {
        CheckpointRule rule = new CheckpointRule();
        job.forEach(event -> event.progressOf(Stage.DENOISING, ProgressDetail.class)
                .filter(progress -> rule.seen.add(report(progress)))
                .ifPresent(rule::follow));
        return rule.violations;
    }

    /** A report that was published twice is the same one; that of another attempt has another time. */
    static String report(Progress progress) {
        return progress.worker() + " " + progress.at() + " " + progress.detail();
    }

    private void follow(Progress progress) {
        ProgressDetail detail = progress.detail();
        if (detail instanceof ProgressDetail.Started) {
            worker = progress.worker();
            resumedFrom = stored;
        } else if (detail instanceof ProgressDetail.CheckpointWritten written) {
            stored = Math.max(stored, written.step());
        } else if (detail instanceof ProgressDetail.CheckpointRefused) {
            stored = 0;
            resumedFrom = 0;
        } else if (detail instanceof ProgressDetail.Step step
                && progress.worker().equals(worker)
                && step.step() <= resumedFrom) {
            violations.add("job " + progress.jobId() + ": step " + step.step() + " was done again, although there was a"
                    + " checkpoint after step " + resumedFrom);
        }
    }
}
