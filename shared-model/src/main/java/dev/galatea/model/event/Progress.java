package dev.galatea.model.event;

import java.time.Instant;

import dev.galatea.model.id.JobId;

/**
 * A stage's report of its progress with a job. Reports may arrive late, twice or out of order; readers fold it by time.
 *
 * @param at time of the report, by the clock of the worker
 * @param worker name of the worker, for people
 */
public record Progress(JobId jobId, Stage stage, Instant at, String worker, ProgressDetail detail) implements Event {

    public Progress {
        Fields.require("jobId", jobId);
        Fields.require("stage", stage);
        Fields.require("at", at);
        Fields.require("worker", worker);
        Fields.require("detail", detail);
        worker = Fields.cut(worker, Fields.MAX_NAME);
    }

    /** The same report of another time. */
    public Progress withAt(Instant time) {
        return new Progress(jobId, stage, time, worker, detail);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.progressed(this);
    }
}
