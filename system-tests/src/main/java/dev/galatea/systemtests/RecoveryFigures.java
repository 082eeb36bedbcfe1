package dev.galatea.systemtests;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;

/** Computes the cost of faults from progress events: the time until work went on, and the steps that were redone. */
final class RecoveryFigures {

    private final DrillContext context;

    RecoveryFigures(DrillContext context) {
        this.context = context;
    }

    /** Adds figures, and targets that were missed. */
    void add() {
        List<Double> seconds = new ArrayList<>();
        for (DrillContext.Recovery recovery : context.recoveries()) {
            Optional<Duration> took = recovery(recovery);
            if (took.isEmpty()) {
                continue; // It was done just then; the audit says whether it ended well.
            }
            seconds.add(took.get().toMillis() / 1000.0);
            context.target(
                    took.get().compareTo(recovery.limit()) <= 0,
                    "job " + recovery.jobId() + ": taken up again after " + took.get() + ", limit " + recovery.limit());
        }
        if (!seconds.isEmpty()) {
            DoubleSummaryStatistics all =
                    seconds.stream().mapToDouble(Double::doubleValue).summaryStatistics();
            context.figure(
                    String.format(Locale.ROOT, "recovery mean %.1f s, max %.1f s", all.getAverage(), all.getMax()));
        }
        int redone = context.fresh().stream().mapToInt(this::redone).sum();
        long faults = context.recoveries().size();
        context.figure("steps redone " + redone + (faults == 0 ? "" : " for " + faults + " faults"));
        context.target(
                faults == 0 || redone <= faults * context.settings().checkpointEvery(),
                redone + " steps were redone for " + faults + " faults, limit "
                        + context.settings().checkpointEvery() + " each");
    }

    private Optional<Duration> recovery(DrillContext.Recovery recovery) {
        return context.log()
                .of(recovery.jobId())
                .flatMap(event -> event.progressOf(Stage.DENOISING, ProgressDetail.Started.class).stream())
                .map(Progress::at)
                .filter(at -> at.isAfter(recovery.struck()))
                .min(Instant::compareTo)
                .map(at -> Duration.between(recovery.struck(), at));
    }

    /** Steps that were reported, each attempt's once, beyond those that the job has. */
    private int redone(JobId jobId) {
        Set<String> reports = new HashSet<>();
        Set<Integer> steps = new HashSet<>();
        // Not by the event's id, which is the same for every attempt.
        context.log().of(jobId).forEach(event -> event.progressOf(Stage.DENOISING, ProgressDetail.Step.class)
                .ifPresent(progress -> {
                    reports.add(CheckpointRule.report(progress));
                    steps.add(((ProgressDetail.Step) progress.detail()).step());
                }));
        return reports.size() - steps.size();
    }
}
