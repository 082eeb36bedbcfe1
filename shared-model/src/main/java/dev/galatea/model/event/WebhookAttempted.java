package dev.galatea.model.event;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;

/**
 * One attempt at telling an endpoint that a job ended: the delivery log. It holds neither URL nor secret nor prompt.
 *
 * @param endpoint the name that the operator gave the endpoint
 * @param webhookId the {@code webhook-id} header, the same for every attempt and every endpoint
 * @param type what the endpoint was told, such as {@code video.completed}
 * @param attempt counted from 1
 * @param statusCode what the endpoint answered; absent if it did not
 * @param error why it is not delivered, for programs; absent if it is
 * @param at when the attempt began
 * @param seconds how long it took
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

    /** What became of an attempt. */
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
