package dev.galatea.streams;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

import dev.galatea.streams.TopicWatch.Observation;
import dev.galatea.testsupport.SharedSystem;

import static org.assertj.core.api.Assertions.assertThat;

/** A group's offsets stay undecided, as after a kill of the broker that coordinates it. */
class UndecidedOffsetsTest {

    private static final String NAME = "undecided";
    private static final Map<TopicPartition, OffsetAndMetadata> OFFSETS =
            Map.of(new TopicPartition(NAME, 0), new OffsetAndMetadata(0));

    @Test
    void shouldNameTheGroup_whoseOffsetsStayUndecided() throws Exception {
        SettableClock clock = new SettableClock();
        Map<String, Object> broker = Map.of("bootstrap.servers", SharedSystem.bootstrapServers());
        Properties properties = new Properties();
        properties.putAll(broker);
        properties.put("application.id", NAME);
        try (Admin admin = Admin.create(broker)) {
            admin.createTopics(List.of(new NewTopic(NAME, 1, (short) 1))).all().get();
            admin.alterConsumerGroupOffsets(NAME, OFFSETS).all().get();
        }
        try (TopicWatch watch = new TopicWatch(properties, Set.of(NAME), true, clock);
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", SharedSystem.bootstrapServers(), "transactional.id", NAME),
                        new StringSerializer(),
                        new StringSerializer())) {
            watch.begin();
            assertThat(watch.look()).contains(new Observation(null, null));
            producer.initTransactions();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(OFFSETS, new ConsumerGroupMetadata(NAME));

            assertThat(watch.look()).contains(new Observation(null, null));
            clock.move(Duration.ofSeconds(75));
            assertThat(watch.look()).hasValueSatisfying(seen -> assertThat(seen.obstacle())
                    .startsWith("the offsets of the group undecided are undecided since 2026-03-29T01:59:00Z"));

            producer.commitTransaction();
            assertThat(watch.look()).contains(new Observation(null, null));
        }
    }
}
