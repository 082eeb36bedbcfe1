package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonValue;

/** Where a job is in its life. */
public enum JobStatus {
    /** Accepted; no stage has taken it yet. */
    QUEUED("queued", false),
    /** A stage has it, or it waits between two stages. */
    RUNNING("running", false),
    /** The clip is in the store. */
    COMPLETED("completed", true),
    /** A stage gave up. */
    FAILED("failed", true),
    /** Somebody asked to stop it. */
    CANCELLED("cancelled", true),
    /** Admission said no; it was never accepted. */
    REFUSED("refused", true),
    /** It did not finish in time. */
    EXPIRED("expired", true);

    private final String wireName;
    private final boolean done;

    JobStatus(String wireName, boolean done) {
        this.wireName = wireName;
        this.done = done;
    }

    /** Whether the state can't change any more. */
    public boolean isDone() {
        return done;
    }

    /** The name in events. */
    @JsonValue
    public String wireName() {
        return wireName;
    }
}
