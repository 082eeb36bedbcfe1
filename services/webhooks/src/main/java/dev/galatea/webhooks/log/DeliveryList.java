package dev.galatea.webhooks.log;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.WebhookAttempted;

/** Attempts as the API shows them, newest first. */
public record DeliveryList(String object, List<Entry> data) {

    static DeliveryList of(List<WebhookAttempted> attempts) {
        return new DeliveryList("list", attempts.stream().map(Entry::of).toList());
    }

    /** Times are epoch seconds, as everywhere in the dialect. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonNaming(SnakeCaseStrategy.class)
    public record Entry(
            String object,
            String videoId,
            String endpoint,
            String webhookId,
            String type,
            int attempt,
            String outcome,
            @Nullable Integer statusCode,
            @Nullable String error,
            long at,
            double seconds,
            @Nullable Long nextAttemptAt) {

        static Entry of(WebhookAttempted attempt) {
            return new Entry(
                    "webhook.delivery",
                    attempt.jobId().toString(),
                    attempt.endpoint(),
                    attempt.webhookId(),
                    attempt.type(),
                    attempt.attempt(),
                    attempt.outcome().wireName(),
                    attempt.statusCode(),
                    attempt.error(),
                    attempt.at().getEpochSecond(),
                    attempt.seconds(),
                    attempt.nextAttemptAt() == null
                            ? null
                            : attempt.nextAttemptAt().getEpochSecond());
        }
    }
}
