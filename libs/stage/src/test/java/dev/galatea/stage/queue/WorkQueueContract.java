package dev.galatea.stage.queue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.events.QueueConfig.Mode;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.StageException;
import dev.galatea.testsupport.SharedSystem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a work queue must do, whichever kind of group is below it. Against the real broker; each test has a queue of its own,
 * and waits most of the time.
 */
@Execution(ExecutionMode.CONCURRENT)
abstract class WorkQueueContract {

    static final Duration PATIENCE = Duration.ofSeconds(90);

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    TestQueue queue;

    abstract Mode mode();

    @BeforeEach
    void createQueue() throws Exception {
        queue = new TestQueue(SharedSystem.bootstrapServers());
    }

    @AfterEach
    void closeQueue() {
        queue.close();
    }

    @Test
    void shouldWorkOnceOnly_whenWorkOutlastsTheLock() throws Exception {
        RecordingHandler slow = new RecordingHandler() {
            @Override
            void work(WorkItem item) throws InterruptedException {
                Thread.sleep(QueueSettings.LOCK.multipliedBy(2).toMillis());
            }
        };
        queue.open(QueueSettings.of(mode()), meters, slow);
        queue.open(QueueSettings.of(mode()), meters, slow);
        if (mode() == Mode.CLASSIC) {
            queue.awaitClassicMembers(2);
        }
        queue.send("long");
        await().atMost(PATIENCE).until(() -> settled("accept") == 1);
        assertThat(slow.started).containsExactly("long");
        assertThat(meters.counter("galatea.queue.renewals", "stage", "denoising")
                        .count())
                .isGreaterThanOrEqualTo(2);
        assertThat(meters.counter("galatea.queue.lost.locks", "stage", "denoising")
                        .count())
                .isZero();
    }

    @Test
    void shouldGoOn_whenRecordsArePoisonOrCancelled() throws Exception {
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void work(WorkItem item) throws StageException {
                switch (TestQueue.text(item)) {
                    case "poison" -> throw new PoisonException("object_altered", "not what it says");
                    case "cancelled" -> throw new CancelledException("changed my mind");
                    default -> assertThat(item.headers().get("ce_id")).isEqualTo("id of good".getBytes(UTF_8));
                }
            }
        };
        queue.open(QueueSettings.of(mode()), meters, handler);
        queue.send("poison", "cancelled", "good");
        await().atMost(PATIENCE).until(() -> settled("accept") == 2);
        assertThat(handler.done).containsExactly("good");
        assertThat(handler.retries).isEmpty();
        assertThat(handler.givenUp).singleElement().satisfies(failure -> assertThat(failure.code())
                .isEqualTo("object_altered"));
        assertThat(queue.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.value()).isEqualTo("poison".getBytes(UTF_8));
            assertThat(letter.key()).isEqualTo("key".getBytes(UTF_8));
            assertHeader(letter, "ce_id", "id of poison");
            assertHeader(letter, DeadLetters.CODE, "object_altered");
            assertHeader(letter, DeadLetters.REASON, "not what it says");
            assertHeader(letter, DeadLetters.PARTITION, "0");
            assertHeader(letter, DeadLetters.OFFSET, "0");
        });
    }

    @Test
    void shouldGiveUp_whenFailedTooOften() throws Exception {
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void work(WorkItem item) {
                if (TestQueue.text(item).equals("huge")) {
                    throw new OutOfMemoryError("pretended");
                }
            }
        };
        queue.open(QueueSettings.of(mode()), meters, handler);
        queue.send("huge", "good");
        await().atMost(PATIENCE).until(() -> settled("reject") == 1 && settled("accept") == 1);
        assertThat(handler.done).containsExactly("good");
        assertThat(handler.retries).hasSize(1);
        assertThat(handler.givenUp).hasSize(1);
        assertThat(handler.deliveries).contains(1, 2);
        assertThat(queue.deadLetters())
                .singleElement()
                .satisfies(letter -> assertHeader(letter, DeadLetters.CODE, "out_of_memory"));
    }

    @Test
    void shouldReleasePromptly_whenClosed() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void work(WorkItem item) throws ReleasedException, InterruptedException {
                if (first.getAndSet(false)) {
                    while (!item.shouldRelease()) {
                        Thread.sleep(20);
                    }
                    throw new ReleasedException("the worker stops");
                }
            }
        };
        WorkQueue stopping = queue.open(QueueSettings.of(mode()), meters, handler);
        queue.send("work");
        await().atMost(PATIENCE).until(() -> stopping.inFlight() == 1);
        assertThat(stopping.healthy()).isTrue();
        stopping.close();
        assertThat(settled("release")).isEqualTo(1);
        assertThat(stopping.inFlight()).isZero();
        assertThat(stopping.healthy()).isFalse();

        queue.open(QueueSettings.of(mode()), meters, handler);
        await().atMost(PATIENCE).until(() -> settled("accept") == 1);
        assertThat(handler.done).containsExactly("work");
    }

    double settled(String outcome) {
        return meters.counter("galatea.queue.settled", "stage", "denoising", "outcome", outcome)
                .count();
    }

    private static void assertHeader(ConsumerRecord<byte[], byte[]> letter, String name, String value) {
        assertThat(TestQueue.header(letter, name)).isEqualTo(value);
    }
}
