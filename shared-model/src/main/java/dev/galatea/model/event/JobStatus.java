package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonValue;

/** The states in a job's life. */
public enum JobStatus {
    /** The job is accepted; no stage has taken it yet. */
    QUEUED("queued", false),
    /** A stage has the job, or it waits between two stages. */
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
