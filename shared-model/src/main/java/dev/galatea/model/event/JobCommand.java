package dev.galatea.model.event;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonValue;

import dev.galatea.model.id.JobId;

/** A command to a job. Denoising obeys it between two steps, decoding between two tiles. */
public record JobCommand(JobId jobId, Action action, String reason, Instant at) implements Event {

    /** The kinds of command. */
    public enum Action {
        /** Stop and end as cancelled; has no effect on a job that is done. */
        CANCEL("cancel"),
        /** Forget a job that is done; has no effect on one that is not. */
        DELETE("delete");

        private final String wireName;

        Action(String wireName) {
            this.wireName = wireName;
        }

        /** The name in events. */
        @JsonValue
        public String wireName() {
            return wireName;
        }
    }

    public JobCommand {
        Fields.require("jobId", jobId);
        Fields.require("action", action);
        Fields.require("reason", reason);
        Fields.require("at", at);
        reason = Fields.cut(reason, Fields.MAX_REASON);
    }

    /** Asks to forget a job that is done. */
    public static JobCommand delete(JobId jobId, String reason, Instant at) {
        return new JobCommand(jobId, Action.DELETE, reason, at);
    }

    /** Asks to cancel a job. */
    public static JobCommand cancel(JobId jobId, String reason, Instant at) {
        return new JobCommand(jobId, Action.CANCEL, reason, at);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.commanded(this);
    }
}
