package dev.galatea.webhooks.delivery;

import java.util.Set;
import java.util.function.Consumer;

/** Makes attempts, beside the thread that asks for them. Thread-safe. */
public interface Courier {

    /** The names of the endpoints. */
    Set<String> endpoints();

    /** How many attempts at one endpoint are made at once. */
    int concurrency();

    /** Makes one attempt, and says what became of it, from any thread. */
    void send(Delivery delivery, Consumer<Attempt> whenDone);
}
