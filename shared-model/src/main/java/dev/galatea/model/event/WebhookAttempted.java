package dev.galatea.model.event;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;

/**
 * One attempt to notify an endpoint of a job's end, for the delivery log. It holds neither URL nor secret nor prompt.
 *
 * @param endpoint the name that the operator gave the endpoint
 * @param webhookId the {@code webhook-id} header, the same for every attempt and every endpoint
 * @param type type of the message, such as {@code video.completed}
 * @param attempt counted from 1
 * @param statusCode HTTP status of the answer; absent if there was none
 * @param error code of the reason why it was not delivered; absent if it was
 * @param at start of the attempt
 * @param seconds duration of the attempt
 * @param nextAttemptAt present if and only if it is tried again
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WebhookAttempted(
        JobId jobId,
        String endpoint,
        String webhookId,
        String type,
        int attempt,
        Outcome outcome,
        @Nullable Integer statusCode,
        @Nullable String error,
        Instant at,
        double seconds,
        @Nullable Instant nextAttemptAt)
        implements Event {

    /** The outcomes of an attempt. */
    public enum Outcome {
        /** The endpoint has it. */
        DELIVERED("delivered"),
        /** It is tried again. */
        RETRYING("retrying"),
        /** It is not tried again. */
        GIVEN_UP("given_up");

        private final String wireName;

        Outcome(String wireName) {
            this.wireName = wireName;
        }

        /** The name in events. */
        @JsonValue
        public String wireName() {
            return wireName;
        }
    }

    public WebhookAttempted {
        Fields.require("jobId", jobId);
        Fields.require("endpoint", endpoint);
        Fields.require("webhookId", webhookId);
        Fields.require("type", type);
        endpoint = Fields.cut(endpoint, Fields.MAX_NAME);
        webhookId = Fields.cut(webhookId, Fields.MAX_NAME);
        type = Fields.cut(type, Fields.MAX_WORDS);
        error = Fields.cutIfPresent(error, Fields.MAX_WORDS);
        Fields.requireAtLeast("attempt", attempt, 1);
        Fields.require("outcome", outcome);
        Fields.require("at", at);
        Fields.requireAtLeast("seconds", seconds, 0);
        if ((outcome == Outcome.DELIVERED) != (error == null)) {
            throw new IllegalArgumentException("error: must be absent if and only if the outcome is delivered");
        }
        if ((outcome == Outcome.RETRYING) != (nextAttemptAt != null)) {
            throw new IllegalArgumentException("nextAttemptAt: must be present if and only if the outcome is retrying");
        }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.webhookAttempted(this);
    }
}
