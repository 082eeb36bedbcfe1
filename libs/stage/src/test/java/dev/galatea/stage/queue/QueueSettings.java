package dev.galatea.stage.queue;

import java.time.Duration;

import dev.galatea.events.QueueConfig;

record QueueSettings(Mode mode, int slots, Duration lockDuration, Duration gracePeriod, int deliveryLimit)
        implements QueueConfig {

    /** Long enough that a busy machine renews in time, short enough to wait for. */
    static final Duration LOCK = Duration.ofSeconds(5);

    static QueueSettings of(Mode mode) {
        return new QueueSettings(mode, 1, LOCK, Duration.ofSeconds(20), 2);
    }
}
