package dev.galatea.workqueue;

import java.time.Duration;

/** The number of messages that the subscriber asked for and did not get yet. Thread-safe. */
final class Demand {

    private long requested;

    /** Adds to the demand; {@link Long#MAX_VALUE} is without bound. */
    synchronized void add(long messages) {
        requested = messages > Long.MAX_VALUE - requested ? Long.MAX_VALUE : requested + messages;
        notifyAll();
    }

    /** Takes one message from the demand; false if there was none in time. */
    synchronized boolean take(Duration patience) throws InterruptedException {
        if (!await(patience)) {
            return false;
        }
        if (requested != Long.MAX_VALUE) {
            requested--;
        }
        return true;
    }

    /** Waits until there is demand, and leaves it; false if there was none in time. */
    synchronized boolean await(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (requested == 0) {
            long rest = (end - System.nanoTime()) / 1_000_000;
            if (rest <= 0) {
                return false;
            }
            wait(rest);
        }
        return true;
    }
}
