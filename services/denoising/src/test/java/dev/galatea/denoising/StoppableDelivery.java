package dev.galatea.denoising;

import java.util.List;

import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.id.JobId;
import dev.galatea.stage.Delivery;

/** A delivery that asks the work to stop after so many questions, and keeps what is reported. */
final class StoppableDelivery implements Delivery {

    private final JobId jobId;
    private final int attempt;
    private final int stopAt;
    private final boolean wanted;
    private final List<Report> reports;
    private int asked;

    /** A report, and the job that it is about. */
    record Report(JobId jobId, ProgressDetail detail) {}

    StoppableDelivery(JobId jobId, int attempt, int stopAt, boolean wanted, List<Report> reports) {
        this.jobId = jobId;
        this.attempt = attempt;
        this.stopAt = stopAt;
        this.wanted = wanted;
        this.reports = reports;
    }

    @Override
    public JobId jobId() {
        return jobId;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean shouldStop() {
        return asked > stopAt;
    }

    @Override
    public void requireWanted() throws CancelledException, ReleasedException {
        if (!wanted) {
            throw new CancelledException("no longer wanted");
        }
        asked++;
        if (shouldStop()) {
            throw new ReleasedException("stop");
        }
    }

    @Override
    public void report(ProgressDetail detail, String discriminator) {
        reports.add(new Report(jobId, detail));
    }
}
