package dev.galatea.webhooks.delivery;

import java.util.Set;
import java.util.function.Consumer;

/** Makes attempts at deliveries, on other threads than the one that asks for them. Thread-safe. */
public interface WebhookSender {

    /** The names of the endpoints. */
    Set<String> endpoints();

    /** The number of attempts at one endpoint that are made at once. */
    int concurrency();

    /** Makes one attempt, and tells of its result, from any thread. */
    void send(Delivery delivery, Consumer<Attempt> whenDone);
}
