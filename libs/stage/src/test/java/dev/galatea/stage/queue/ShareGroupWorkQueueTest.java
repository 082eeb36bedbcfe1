package dev.galatea.stage.queue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.embedded.EmbeddedBroker;
import dev.galatea.events.QueueConfig.Mode;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What only {@link KafkaShareConsumer share groups} can do. */
class ShareGroupWorkQueueTest extends WorkQueueContract {

    private static final Duration POLL = Duration.ofMillis(500);

    @TempDir
    Path temporary;

    @Override
    Mode mode() {
        return Mode.SHARE;
    }

    @Test
    void shouldSpreadOneBatch_overWorkers() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        RecordingHandler handler = new RecordingHandler() {
            @Override
            void work(WorkItem item) throws StageException, InterruptedException {
                try {
                    both.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                } catch (BrokenBarrierException | TimeoutException e) {
                    throw new RetryableException("alone", "nobody else got a record", e);
                }
            }
        };
        queue.open(QueueSettings.of(mode()), meters, handler);
        queue.open(QueueSettings.of(mode()), meters, handler);
        queue.send("1", "2", "3", "4");
        await().atMost(PATIENCE).until(() -> settled("accept") == 4);
        assertThat(handler.done).containsExactlyInAnyOrder("1", "2", "3", "4");
        assertThat(handler.retries).isEmpty();
    }

    @Test
    void shouldHandToAnother_whenProcessIsKilled() throws Exception {
        queue.send("survivor");
        Process process = WorkerProcess.start(queue);
        try {
            WorkerProcess.awaitLine(process, "working on survivor");
            RecordingHandler handler = new RecordingHandler();
            queue.open(QueueSettings.of(mode()), meters, handler);
            TimeUnit.MILLISECONDS.sleep(QueueSettings.LOCK.multipliedBy(2).toMillis());
            assertThat(handler.started).isEmpty();
            process.destroyForcibly().waitFor();
            await().atMost(PATIENCE).until(() -> settled("accept") == 1);
            assertThat(handler.deliveries).containsExactly(2);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldRefuseLateAcknowledgement_whenLockWasLost() throws Exception {
        queue.send("contended");
        try (ShareGroupSource stalled = source();
                ShareGroupSource other = source()) {
            WorkRecord held = next(stalled);
            WorkRecord again = next(other);
            assertThat(again.position()).isEqualTo(held.position());
            assertThat(again.deliveryCount()).isEqualTo(2);
            assertThat(stalled.settle(held, Settlement.ACCEPT)).isFalse();
            assertThat(other.renew(again)).isTrue();
            assertThat(other.settle(again, Settlement.ACCEPT)).isTrue();
        }
    }

    @Test
    void shouldNoticeLostLock_whenRenewedTooLate() throws Exception {
        queue.send("contended");
        try (ShareGroupSource stalled = source();
                ShareGroupSource other = source()) {
            WorkRecord held = next(stalled);
            WorkRecord again = next(other);
            assertThat(stalled.renew(held)).isFalse();
            assertThat(other.settle(again, Settlement.ACCEPT)).isTrue();
        }
    }

    @Test
    void shouldNoticeLostLock_whenAnotherHasDoneTheWork() throws Exception {
        queue.send("contended");
        try (ShareGroupSource stalled = source();
                ShareGroupSource other = source()) {
            WorkRecord held = next(stalled);
            assertThat(other.settle(next(other), Settlement.ACCEPT)).isTrue();
            // A broker says yes to whatever lies before the first record that is not settled.
            assertThat(stalled.renew(held)).isFalse();
            assertThat(held.shouldRelease()).isTrue();
            queue.send("next");
            assertThat(TestQueue.text(next(stalled))).isEqualTo("next");
        }
    }

    @Test
    void shouldAskToStop_whenLockRanOutAndNobodyNoticed() throws Exception {
        queue.send("contended");
        try (ShareGroupSource stalled = source()) {
            WorkRecord held = next(stalled);
            assertThat(held.shouldRelease()).isFalse();
            assertThat(stalled.renew(held)).isTrue();
            assertThat(held.shouldRelease()).isFalse();
            TimeUnit.MILLISECONDS.sleep(QueueSettings.LOCK.toMillis());
            assertThat(held.shouldRelease()).isTrue();
        }
    }

    @Test
    void shouldHandOverAtOnce_whenTheWorkerHasLeftAlready() throws Exception {
        queue.send("handed over");
        try (ShareGroupSource leaving = source();
                ShareGroupSource other = source()) {
            WorkRecord held = next(leaving);
            assertThat(leaving.leave(held, QueueSettings.LOCK.multipliedBy(2)))
                    .as("the lock does not hold so long")
                    .isFalse();
            assertThat(leaving.leave(held, Duration.ZERO)).isTrue();
            assertThat(other.next(POLL)).as("it is not given back by leaving").isNull();
            assertThat(leaving.settle(held, Settlement.RELEASE)).isTrue();
            assertThat(next(other).deliveryCount()).isEqualTo(2);
        }
    }

    @Test
    void shouldDeadLetter_whenWorkersDieOfTheRecord() throws Exception {
        queue.send("deadly");
        for (int delivery = 1; delivery < 4; delivery++) {
            try (ShareGroupSource dying = source()) {
                assertThat(next(dying).deliveryCount()).isEqualTo(delivery);
            }
        }
        RecordingHandler handler = new RecordingHandler();
        queue.open(QueueSettings.of(mode()), meters, handler);
        await().atMost(PATIENCE).until(() -> settled("reject") == 1);
        assertThat(handler.started).isEmpty();
        assertThat(handler.givenUp).singleElement().satisfies(failure -> assertThat(failure.code())
                .isEqualTo("delivered_too_often"));
        assertThat(queue.deadLetters()).hasSize(1);
    }

    @Test
    void shouldGoOn_whenBrokerComesBack() throws Exception {
        RecordingHandler handler = new RecordingHandler();
        EmbeddedBroker broker = broker(0);
        try (TestQueue own = new TestQueue(broker.bootstrapServers())) {
            own.open(QueueSettings.of(mode()), meters, handler);
            own.send("before");
            await().atMost(PATIENCE).until(() -> settled("accept") == 1);
            broker.close();
            broker = broker(broker.port());
            own.send("after");
            await().atMost(PATIENCE).until(() -> settled("accept") == 2);
            assertThat(handler.done).containsExactly("before", "after");
        } finally {
            broker.close();
        }
    }

    private EmbeddedBroker broker(int port) {
        return EmbeddedBroker.builder(temporary.resolve("broker"))
                .port(port)
                .shareLocks(Duration.ofSeconds(1), Duration.ofSeconds(15), Duration.ofMinutes(1))
                .start();
    }

    private ShareGroupSource source() {
        return new ShareGroupSource(queue.broker, queue.group, queue.topic, QueueSettings.LOCK);
    }

    private static WorkRecord next(ShareGroupSource source) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - end < 0) {
            WorkRecord record = source.next(POLL);
            if (record != null) {
                return record;
            }
        }
        throw new AssertionError("no record within " + PATIENCE);
    }
}
