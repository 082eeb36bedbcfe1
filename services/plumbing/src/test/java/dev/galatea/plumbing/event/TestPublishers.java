package dev.galatea.plumbing.event;

import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Opens what is closed to other packages, for their tests. */
public final class TestPublishers {

    private TestPublishers() {}

    public static DeadLetters deadLetters(KafkaEventPublisher publisher) {
        return new DeadLetters(publisher, "test", new SimpleMeterRegistry());
    }

    public static KafkaEventPublisher publisher(String bootstrapServers) {
        return new KafkaEventPublisher(
                Map.of("bootstrap.servers", bootstrapServers), new SimpleMeterRegistry(), Tracing.none());
    }
}
