package dev.galatea.stage.queue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.galatea.events.Tracing;
import dev.galatea.model.event.Stage;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.StageException;
import dev.galatea.stage.TestPublishers;
import dev.galatea.testsupport.SharedSystem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SlotTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger opened = new AtomicInteger();

    @Test
    void shouldStopTheHandler_whenTheSourceFails() throws Exception {
        RecordingHandler patient = new RecordingHandler() {
            @Override
            void work(WorkItem item) throws StageException, InterruptedException {
                while (!item.shouldRelease()) {
                    TimeUnit.MILLISECONDS.sleep(10);
                }
                throw new ReleasedException("asked to");
            }
        };
        InFlight inFlight = new InFlight();
        Attempt attempt = new Attempt(
                patient,
                TestPublishers.deadLetters(TestPublishers.publisher(SharedSystem.bootstrapServers())),
                inFlight,
                new Attempt.Limits(2, 4, Duration.ofSeconds(1)),
                Tracing.none(),
                "group");
        QueueMetrics metrics = new QueueMetrics(meters, Stage.DENOISING, inFlight, 1);
        Slot slot = new Slot("slot-test", () -> new Failing(opened.incrementAndGet() == 1), attempt, metrics);
        slot.start();
        await().atMost(PATIENCE).until(() -> patient.retries.size() == 1 && opened.get() == 2 && inFlight.size() == 0);
        assertThat(patient.started).containsExactly("job");
        slot.beginClose(Duration.ofSeconds(1));
        slot.awaitClosed(PATIENCE);
        assertThat(slot.healthy()).isFalse();
    }

    /** Gives one record, if asked to, and fails when that is to be renewed. */
    private static final class Failing implements RecordSource {

        private boolean full;

        private Failing(boolean full) {
            this.full = full;
        }

        @Override
        public @Nullable WorkRecord next(Duration patience) {
            WorkRecord record = full
                    ? new WorkRecord(new ConsumerRecord<>("topic", 0, 0, new byte[0], "job".getBytes(UTF_8)), 1)
                    : null;
            full = false;
            return record;
        }

        @Override
        public Duration renewalInterval() {
            return Duration.ofMillis(100);
        }

        @Override
        public boolean renew(WorkRecord held) {
            throw new KafkaException("no answer");
        }

        @Override
        public boolean leave(WorkRecord held, Duration time) {
            return false;
        }

        @Override
        public boolean settle(WorkRecord held, Settlement settlement) {
            throw new AssertionError("settled, but the source had failed");
        }

        @Override
        public boolean connected() {
            return true;
        }

        @Override
        public void close() {}
    }
}
