package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonValue;

/** The states in a job's life. */
public enum JobStatus {
    /** The job is accepted, and waits; at most it was prepared, which takes little time. */
    QUEUED("queued", false),
    /** A worker has begun what takes time, or the job waits between two stages after that. */
    RUNNING("running", false),
    /** The clip is in the store. */
    COMPLETED("completed", true),
    /** A stage gave the job up. */
    FAILED("failed", true),
    /** A client cancelled or deleted the job. */
    CANCELLED("cancelled", true),
    /** Admission refused the prompt; the job was never accepted. */
    REFUSED("refused", true),
    /** The job did not finish within its deadline. */
    EXPIRED("expired", true);

    private final String wireName;
    private final boolean done;

    JobStatus(String wireName, boolean done) {
        this.wireName = wireName;
        this.done = done;
    }

    /** Says whether the status is terminal: it can't change any more. */
    public boolean isDone() {
        return done;
    }

    /** Returns the name in events. */
    @JsonValue
    public String wireName() {
        return wireName;
    }
}
