package dev.galatea.streams;

import org.apache.kafka.streams.KafkaStreams;

/** Listens to a supervisor's actions, for metrics; must return at once. */
public interface SupervisorListener {

    /** Hears nothing. */
    SupervisorListener NONE = new SupervisorListener() {};

    /** A new instance is about to be started. */
    default void opened(KafkaStreams streams) {}

    /** A thread or an instance failed. */
    default void failed() {}
}
