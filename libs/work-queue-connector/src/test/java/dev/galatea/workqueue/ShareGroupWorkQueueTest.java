package dev.galatea.workqueue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.embedded.EmbeddedBroker;
import dev.galatea.workqueue.ChannelSettings.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The behaviour that only {@link KafkaShareConsumer share groups} have. */
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
        RecordingWork work = new RecordingWork() {
            @Override
            void work(WorkQueueMetadata record) throws Exception {
                both.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        };
        queue.open(mode(), meters, work);
        queue.open(mode(), meters, work);
        queue.send("1", "2", "3", "4");
        await().atMost(PATIENCE).until(() -> settled("accept") == 4);
        assertThat(work.done).containsExactlyInAnyOrder("1", "2", "3", "4");
        assertThat(settled("release")).isZero();
    }

    @Test
    void shouldGiveTheOldestToWhoeverIsIdle_whileOthersAreBusy() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        RecordingWork busy = new RecordingWork() {
            @Override
            void work(WorkQueueMetadata record) throws Exception {
                end.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        };
        queue.open(mode(), meters, busy);
        queue.send("1", "2", "3", "4", "5");
        await().atMost(PATIENCE).until(() -> busy.started.contains("1"));
        RecordingWork idle = new RecordingWork();
        queue.open(mode(), meters, idle);
        await().atMost(PATIENCE).until(() -> settled("accept") == 4);
        assertThat(idle.done).containsExactly("2", "3", "4", "5");
        assertThat(busy.started).containsExactly("1");
        end.countDown();
        await().atMost(PATIENCE).until(() -> settled("accept") == 5);
    }

    @Test
    void shouldHandToAnother_whenProcessIsKilled() throws Exception {
        queue.send("survivor");
        Process process = WorkerProcess.start(queue);
        try {
            WorkerProcess.awaitLine(process, "working on survivor");
            RecordingWork work = new RecordingWork();
            queue.open(mode(), meters, work);
            TimeUnit.MILLISECONDS.sleep(TestQueue.LOCK.multipliedBy(2).toMillis());
            assertThat(work.started).isEmpty();
            process.destroyForcibly().waitFor();
            await().atMost(PATIENCE).until(() -> settled("accept") == 1);
            assertThat(work.deliveries).containsExactly(2);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldRefuseLateAcknowledgement_whenLockWasLost() throws Exception {
        queue.send("contended");
        try (ShareGroupSource stalled = source();
                ShareGroupSource other = source()) {
            HeldRecord held = next(stalled);
            HeldRecord again = next(other);
            assertThat(again.position()).isEqualTo(held.position());
            assertThat(again.deliveryCount()).isEqualTo(2);
            assertThat(stalled.settle(held, Settlement.Outcome.ACCEPT)).isFalse();
            assertThat(other.renew(again)).isTrue();
            assertThat(other.settle(again, Settlement.Outcome.ACCEPT)).isTrue();
        }
    }

    @Test
    void shouldNoticeLostLock_whenRenewedTooLate() throws Exception {
        queue.send("contended");
        try (ShareGroupSource stalled = source();
                ShareGroupSource other = source()) {
            HeldRecord held = next(stalled);
            HeldRecord again = next(other);
            assertThat(stalled.renew(held)).isFalse();
            assertThat(other.settle(again, Settlement.Outcome.ACCEPT)).isTrue();
        }
    }

    @Test
    void shouldNoticeLostLock_whenAnotherHasDoneTheWork() throws Exception {
        queue.send("contended");
        try (ShareGroupSource stalled = source();
                ShareGroupSource other = source()) {
            HeldRecord held = next(stalled);
            assertThat(other.settle(next(other), Settlement.Outcome.ACCEPT)).isTrue();
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
            HeldRecord held = next(stalled);
            assertThat(held.shouldRelease()).isFalse();
            assertThat(stalled.renew(held)).isTrue();
            assertThat(held.shouldRelease()).isFalse();
            TimeUnit.MILLISECONDS.sleep(TestQueue.LOCK.toMillis());
            assertThat(held.shouldRelease()).isTrue();
        }
    }

    @Test
    void shouldHandOverAtOnce_whenTheWorkerHasLeftAlready() throws Exception {
        queue.send("handed over");
        try (ShareGroupSource leaving = source();
                ShareGroupSource other = source()) {
            HeldRecord held = next(leaving);
            assertThat(leaving.leave(held, TestQueue.LOCK.multipliedBy(2)))
                    .as("the lock does not hold so long")
                    .isFalse();
            assertThat(leaving.leave(held, Duration.ZERO)).isTrue();
            assertThat(other.next(POLL)).as("it is not given back by leaving").isNull();
            assertThat(leaving.settle(held, Settlement.Outcome.RELEASE)).isTrue();
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
        RecordingWork work = new RecordingWork();
        queue.open(mode(), meters, work);
        await().atMost(PATIENCE).until(() -> settled("reject") == 1);
        assertThat(work.started).isEmpty();
        assertThat(queue.deadLetters()).singleElement().satisfies(letter -> assertThat(
                        TestQueue.header(letter, "dead-letter-exception-class-name"))
                .isEqualTo(DeliveryLimitException.class.getName()));
    }

    @Test
    void shouldGoOn_whenBrokerComesBack() throws Exception {
        RecordingWork work = new RecordingWork();
        EmbeddedBroker broker = broker(0);
        try (TestQueue own = new TestQueue(broker.bootstrapServers())) {
            own.open(mode(), meters, work);
            own.send("before");
            await().atMost(PATIENCE).until(() -> settled("accept") == 1);
            broker.close();
            broker = broker(broker.port());
            own.send("after");
            await().atMost(PATIENCE).until(() -> settled("accept") == 2);
            assertThat(work.done).containsExactly("before", "after");
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
        return new ShareGroupSource(queue.broker, queue.group, queue.topic, TestQueue.LOCK);
    }

    private static HeldRecord next(ShareGroupSource source) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - end < 0) {
            HeldRecord record = source.next(POLL);
            if (record != null) {
                return record;
            }
        }
        throw new AssertionError("no record within " + PATIENCE);
    }
}
