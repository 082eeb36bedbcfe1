package dev.galatea.events;

import java.time.Duration;
import java.util.OptionalInt;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the topics. */
@ConfigMapping(prefix = "galatea.topics")
public interface TopicsConfig {

    /** Lets a starting service make the topics, group settings and bucket that are missing. */
    @WithDefault("false")
    boolean provision();

    /**
     * Partitions of each topic that is no work queue; all have the same number, because job-tracking joins them by key.
     */
    @WithDefault("4")
    int partitions();

    /**
     * Partitions of each work queue, at most as many as the other topics have. Absent: one for share groups, so that
     * any worker takes the oldest job; as many as the other topics have for classic groups.
     */
    OptionalInt queuePartitions();

    /** Copies of each partition; -1 takes the broker's default. */
    @WithDefault("-1")
    short replicationFactor();

    /** The time for which a starting service waits for the broker before it gives up. */
    @WithDefault("60s")
    Duration patience();
}
