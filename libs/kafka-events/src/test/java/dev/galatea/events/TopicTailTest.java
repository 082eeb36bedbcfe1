package dev.galatea.events;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import dev.galatea.testsupport.SharedSystem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TopicTailTest {

    private static final String TOPIC = "tail.grows";

    /** Somebody adds a partition: whoever follows cancellations or progress must hear of what is in it. */
    @Test
    void shouldFollowNewPartitions_fromTheirFirstRecordsOn() throws Exception {
        Map<String, Object> broker = Map.of("bootstrap.servers", SharedSystem.bootstrapServers());
        Queue<String> read = new ConcurrentLinkedQueue<>();
        try (Admin admin = Admin.create(broker);
                KafkaProducer<String, String> producer =
                        new KafkaProducer<>(broker, new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            producer.send(new ProducerRecord<>(TOPIC, 0, "", "old")).get();
            try (TopicTail tail = TopicTail.fromBeginning(
                            broker, TOPIC, record -> read.add(new String(record.value(), UTF_8)))
                    .start()) {
                await().atMost(Duration.ofMinutes(1)).until(() -> read.contains("old"));
                admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(2)))
                        .all()
                        .get();
                producer.send(new ProducerRecord<>(TOPIC, 1, "", "in the new one"))
                        .get();

                await().atMost(Duration.ofMinutes(1)).until(() -> read.contains("in the new one"));

                producer.send(new ProducerRecord<>(TOPIC, 0, "", "after")).get();
                await().atMost(Duration.ofMinutes(1)).until(() -> read.contains("after"));
                assertThat(read).containsExactly("old", "in the new one", "after");
            }
        }
    }
}
