package dev.galatea.streams;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.streams.StreamsApplication.Recovery;
import dev.galatea.testsupport.SharedSystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SetBackClockTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TOPIC = "set-back";

    @TempDir
    Path stateDir;

    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    private final SettableClock clock = new SettableClock();
    private final AtomicInteger planned = new AtomicInteger();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void shouldPlanTimersAnew_whenTheClockWasSetBack() throws Exception {
        createTopic();
        try (KafkaStreamsSupervisor supervisor = supervisor()) {
            supervisor.start();
            await().atMost(PATIENCE).until(() -> supervisor.running().isPresent());
            KafkaStreams first = supervisor.running().orElseThrow();
            assertThat(planned).hasValue(1);

            clock.move(Duration.ofHours(-1));

            await().atMost(PATIENCE).until(() -> supervisor
                    .running()
                    .filter(streams -> streams != first)
                    .isPresent());
            assertThat(planned).hasValue(2);
            assertThat(supervisor.isReady()).isTrue();
        }
    }

    private KafkaStreamsSupervisor supervisor() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", SharedSystem.bootstrapServers());
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, TOPIC);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        StreamsApplication application = new StreamsApplication(
                "test", this::topology, properties, Set.of(TOPIC), Duration.ofSeconds(5), Recovery.REPLACE_THREAD);
        return new KafkaStreamsSupervisor(
                application, executor, SupervisorListener.NONE, Duration.ofMillis(500), clock);
    }

    private Topology topology() {
        return new Topology()
                .addSource("source", new StringDeserializer(), new StringDeserializer(), TOPIC)
                .addProcessor("processor", Planning::new, "source");
    }

    private static void createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", SharedSystem.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
    }

    private final class Planning extends ContextualProcessor<String, String, Void, Void> {

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            super.init(context);
            context.schedule(Duration.ofSeconds(1), PunctuationType.WALL_CLOCK_TIME, time -> {});
            planned.incrementAndGet();
        }

        @Override
        public void process(Record<String, String> record) {}
    }
}
