package dev.galatea.plumbing.event;

import java.util.Map;

/** Opens what is closed to other packages, for their tests. */
public final class TestPublishers {

    private TestPublishers() {}

    public static DeadLetters deadLetters(KafkaEventPublisher publisher) {
        return new DeadLetters(publisher, "test");
    }

    public static KafkaEventPublisher publisher(String bootstrapServers) {
        return new KafkaEventPublisher(Map.of("bootstrap.servers", bootstrapServers));
    }
}
