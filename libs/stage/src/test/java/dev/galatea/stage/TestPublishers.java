package dev.galatea.stage;

import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.events.KafkaEventPublisher;
import dev.galatea.events.Tracing;

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
