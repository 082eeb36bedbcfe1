package dev.galatea.model.event;

import dev.galatea.model.id.JobId;

/** The clip is in the store, playable; job-tracking makes the terminal event of it. */
public record ClipDecoded(JobId jobId, JobSpec spec, Clip clip) implements StageEvent {

    public ClipDecoded {
        Fields.require("jobId", jobId);
        Fields.require("spec", spec);
        Fields.require("clip", clip);
    }
}
