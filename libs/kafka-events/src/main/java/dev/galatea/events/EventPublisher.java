package dev.galatea.events;

import java.util.concurrent.CompletionStage;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.failure.RetryableException;

/** Publishes events to the topics of their types. Thread-safe. */
public interface EventPublisher {

    /** Sends and waits until the broker has it, replicated as configured. */
    void publish(CloudEvent event) throws RetryableException;

    /** Sends without waiting: for progress, which may be lost. Failures are logged and counted. */
    CompletionStage<Void> publishAsync(CloudEvent event);
}
