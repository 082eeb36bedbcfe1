package dev.galatea.model.event;

import java.time.Instant;

import dev.galatea.model.id.JobId;

/** The acceptance of a job, once per job: the spec is complete and valid for the bundle that it names. */
public record JobAccepted(JobId jobId, JobSpec spec, Instant acceptedAt) implements StageEvent {

    public JobAccepted {
        Fields.require("jobId", jobId);
        Fields.require("spec", spec);
        Fields.require("acceptedAt", acceptedAt);
    }
}
