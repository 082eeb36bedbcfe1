package dev.galatea.streams;

import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;

import org.apache.kafka.streams.Topology;

/**
 * A Kafka Streams application as it is supervised.
 *
 * @param name for logs and health checks
 * @param topology makes the topology of each new instance; a failure to do so is retried like any other
 * @param properties of the client, with application id and state directory
 * @param topics those that it reads and writes, whose numbers of partitions must stay
 * @param maxPause the longest pause between attempts
 * @param recovery the treatment of a failure
 */
public record StreamsApplication(
        String name,
        Supplier<Topology> topology,
        Properties properties,
        Set<String> topics,
        Duration maxPause,
        Recovery recovery) {

    public StreamsApplication {
        topics = Set.copyOf(topics);
    }

    /** The ways to recover from a failure. */
    public enum Recovery {

        /** Only the thread that failed is replaced; for applications whose state is theirs alone. */
        REPLACE_THREAD,

        /**
         * The whole instance is replaced, and state that can't be opened is removed; for applications whose state is
         * only a copy of a topic.
         */
        REBUILD_COPY
    }
}
