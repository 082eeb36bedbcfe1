package dev.galatea.events;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How work is taken from queues. */
@ConfigMapping(prefix = "galatea.queue")
public interface QueueConfig {

    /** How records are shared among workers. */
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

    /** How long a record stays with a worker that says nothing; renewed at a third of it. */
    @WithDefault("30s")
    Duration lockDuration();

    /** How long a stopping process waits for its work to reach a step boundary. */
    @WithDefault("20s")
    Duration gracePeriod();

    /** Deliveries after which a record is dead-lettered and its job fails. */
    @WithDefault("5")
    int deliveryLimit();
}
