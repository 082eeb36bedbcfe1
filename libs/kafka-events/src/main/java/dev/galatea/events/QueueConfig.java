package dev.galatea.events;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the work queues. */
@ConfigMapping(prefix = "galatea.queue")
public interface QueueConfig {

    /** The kind of group in which workers share records. */
    enum Mode {
        /** A share group (KIP-932); brokers from 4.2. */
        SHARE,
        /** A classic consumer group: no more workers than partitions. */
        CLASSIC
    }

    /** {@code share} or {@code classic}. */
    @WithDefault("share")
    Mode mode();

    /** Jobs that this process works on at once, per queue. */
    @WithDefault("1")
    int slots();

    /** The time for which a record stays with a silent worker; a lock is renewed at a third of it. */
    @WithDefault("30s")
    Duration lockDuration();

    /** The time for which a stopping process waits for its work to reach a step boundary. */
    @WithDefault("20s")
    Duration gracePeriod();

    /** Deliveries after which a record is dead-lettered and its job fails. */
    @WithDefault("5")
    int deliveryLimit();
}
