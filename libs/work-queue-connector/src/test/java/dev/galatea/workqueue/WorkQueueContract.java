package dev.galatea.workqueue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import dev.galatea.testsupport.SharedSystem;
import dev.galatea.workqueue.ChannelSettings.Mode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The behaviour of a channel, whichever kind of group is below it. Against the real broker; each test has a queue of
 * its own, and waits most of the time.
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
        RecordingWork slow = new RecordingWork() {
            @Override
            void work(WorkQueueMetadata record) throws InterruptedException {
                Thread.sleep(TestQueue.LOCK.multipliedBy(2).toMillis());
            }
        };
        queue.open(mode(), meters, slow);
        queue.open(mode(), meters, slow);
        if (mode() == Mode.CLASSIC) {
            queue.awaitClassicMembers(2);
        }
        queue.send("long");
        await().atMost(PATIENCE).until(() -> settled("accept") == 1);
        assertThat(slow.started).containsExactly("long");
        assertThat(meters.counter("test.queue.renewals", "channel", "work").count())
                .isGreaterThanOrEqualTo(2);
        assertThat(meters.counter("test.queue.lost.locks", "channel", "work").count())
                .isZero();
    }

    @Test
    void shouldRejectAtOnceAndGoOn_whenTheStrategySaysSo() throws Exception {
        RecordingWork work = new RecordingWork() {
            @Override
            void work(WorkQueueMetadata record) {
                if (text(record).equals("bad")) {
                    throw new IllegalStateException("not what it says");
                }
                assertThat(record.headers().get("ce_id")).isEqualTo("id of good".getBytes(UTF_8));
                assertThat(record.channel()).isEqualTo("work");
                assertThat(record.group()).isEqualTo(queue.group);
            }
        };
        queue.open(queue.settings(mode()), new RejectStrategy(), meters, work, message -> message);
        queue.send("bad", "good");
        await().atMost(PATIENCE).until(() -> settled("reject") == 1 && settled("accept") == 1);
        assertThat(work.started).containsExactly("bad", "good");
        assertThat(work.done).containsExactly("good");
        assertThat(queue.deadLetters()).isEmpty();
    }

    @Test
    void shouldRepeatWithPauses_thenKeepADeadLetter_whenItFailsTooOften() throws Exception {
        RecordingWork work = new RecordingWork() {
            @Override
            void work(WorkQueueMetadata record) {
                if (text(record).equals("huge")) {
                    throw new OutOfMemoryError("pretended");
                }
            }
        };
        queue.open(mode(), meters, work);
        queue.send("huge", "good");
        await().atMost(PATIENCE).until(() -> settled("reject") == 1 && settled("accept") == 1);
        assertThat(settled("release")).isEqualTo(1);
        assertThat(work.done).containsExactly("good");
        assertThat(work.deliveries).contains(1, 2);
        assertThat(queue.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.value()).isEqualTo("huge".getBytes(UTF_8));
            assertThat(letter.key()).isEqualTo("key".getBytes(UTF_8));
            assertHeader(letter, "ce_id", "id of huge");
            assertHeader(letter, "dead-letter-reason", "pretended");
            assertHeader(letter, "dead-letter-topic", queue.topic);
            assertHeader(letter, "dead-letter-partition", "0");
            assertHeader(letter, "dead-letter-offset", "0");
        });
    }

    @Test
    void shouldDeliverAgain_whenTheStrategyFails() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        FailureStrategy refused = failed -> asked.incrementAndGet() == 1
                ? Uni.createFrom().failure(new IllegalStateException("the broker takes no dead letter"))
                : Uni.createFrom().item(Settlement.reject());
        RecordingWork work = new RecordingWork() {
            @Override
            void work(WorkQueueMetadata record) {
                throw new IllegalStateException("bad");
            }
        };
        queue.open(queue.settings(mode()), refused, meters, work, message -> message);
        queue.send("bad");
        await().atMost(PATIENCE).until(() -> settled("reject") == 1);
        assertThat(settled("release")).isEqualTo(1);
        assertThat(work.deliveries).containsExactly(1, 2);
    }

    @Test
    void shouldSettleWhenTheOutgoingMessageIsAcknowledged_andDeliverAgainWhenItIsRefused() throws Exception {
        List<Message<?>> outgoing = new CopyOnWriteArrayList<>();
        RecordingWork work = new RecordingWork();
        WorkQueueChannel channel = queue.open(queue.settings(mode()), new ReleaseStrategy(), meters, work, message -> {
            Message<?> output = message.withPayload("output");
            outgoing.add(output);
            // Acknowledged by the test, in the place of the outgoing connector.
            return Message.of("never", () -> new CompletableFuture<>());
        });
        queue.send("job");
        await().atMost(PATIENCE).until(() -> outgoing.size() == 1);
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(channel.inFlight()).isEqualTo(1);
        assertThat(settled("accept")).isZero();
        outgoing.get(0).nack(new IllegalStateException("the broker took no output"));
        await().atMost(PATIENCE).until(() -> settled("release") == 1);
        channel.close();
        queue.open(queue.settings(mode()), new ReleaseStrategy(), meters, work, message -> {
            outgoing.add(message.withPayload("output"));
            return Message.of("never", () -> new CompletableFuture<>());
        });
        await().atMost(PATIENCE).until(() -> outgoing.size() == 2);
        outgoing.get(1).ack().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(settled("accept")).isEqualTo(1);
        outgoing.get(1).nack(new IllegalStateException("too late: it counts once"));
        assertThat(settled("release")).isEqualTo(1);
    }

    @Test
    void shouldTakeNoMoreThanWasAskedFor() throws Exception {
        List<Message<byte[]>> received = new CopyOnWriteArrayList<>();
        CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        ChannelSettings settings = queue.settings(mode());
        queue.channel(settings, new RejectStrategy(), meters).subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription given) {
                subscription.complete(given);
            }

            @Override
            public void onNext(Message<byte[]> message) {
                received.add(message);
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onComplete() {}
        });
        queue.send("1", "2", "3");
        TimeUnit.SECONDS.sleep(2);
        assertThat(received).isEmpty();
        assertThat(meters.counter("test.queue.acquired", "channel", "work").count())
                .isZero();
        subscription.join().request(2);
        await().atMost(PATIENCE).until(() -> received.size() == 1);
        received.get(0).ack();
        await().atMost(PATIENCE).until(() -> received.size() == 2);
        received.get(1).ack();
        await().atMost(PATIENCE).until(() -> settled("accept") == 2);
        TimeUnit.SECONDS.sleep(2);
        assertThat(received).hasSize(2);
        assertThat(meters.counter("test.queue.acquired", "channel", "work").count())
                .isEqualTo(2);
    }

    @Test
    void shouldTakeWithoutDelay_whenTheDemandOfOneIsSharedBySlots() throws Exception {
        ChannelSettings settings = queue.settings(mode());
        ChannelSettings several = new ChannelSettings(
                settings.channel(),
                settings.topic(),
                settings.group(),
                settings.mode(),
                4,
                settings.lockDuration(),
                settings.gracePeriod(),
                settings.deliveryLimit(),
                settings.firstPause(),
                settings.longestPause(),
                settings.failureStrategy(),
                settings.deadLetterTopic(),
                settings.metrics(),
                settings.client());
        List<Long> received = new CopyOnWriteArrayList<>();
        Multi.createFrom()
                .publisher(queue.channel(several, new RejectStrategy(), meters))
                .onItem()
                .transformToUniAndConcatenate(message -> Uni.createFrom().completionStage(message.ack()))
                .subscribe()
                .with(nothing -> {}, failure -> {});
        for (int n = 1; n <= 10; n++) {
            queue.send("job " + n);
            int count = n;
            await().atMost(PATIENCE).until(() -> settled("accept") == count);
            received.add(System.nanoTime());
        }
        // The first ones wait for the group to settle.
        assertThat(Duration.ofNanos(received.get(9) - received.get(4))).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void shouldReleasePromptly_whenClosed() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        RecordingWork work = new RecordingWork() {
            @Override
            void work(WorkQueueMetadata record) throws InterruptedException {
                if (first.getAndSet(false)) {
                    while (!record.shouldRelease()) {
                        Thread.sleep(20);
                    }
                    throw new IllegalStateException("asked to stop");
                }
            }
        };
        WorkQueueChannel stopping = queue.open(mode(), meters, work);
        queue.send("work");
        await().atMost(PATIENCE).until(() -> stopping.inFlight() == 1);
        assertThat(stopping.healthy()).isTrue();
        stopping.close();
        assertThat(settled("release")).isEqualTo(1);
        assertThat(stopping.inFlight()).isZero();
        assertThat(stopping.healthy()).isFalse();

        queue.open(mode(), meters, work);
        await().atMost(PATIENCE).until(() -> settled("accept") == 1);
        assertThat(work.done).containsExactly("work");
    }

    @Test
    void shouldGiveTheRecordBack_whenWorkDoesNotStopInTime() throws Exception {
        CompletableFuture<Void> end = new CompletableFuture<>();
        RecordingWork stubborn = new RecordingWork() {
            @Override
            void work(WorkQueueMetadata record) throws Exception {
                end.get();
            }
        };
        ChannelSettings settings = queue.settings(mode());
        ChannelSettings hasty = new ChannelSettings(
                settings.channel(),
                settings.topic(),
                settings.group(),
                settings.mode(),
                1,
                settings.lockDuration(),
                Duration.ofMillis(500),
                settings.deliveryLimit(),
                settings.firstPause(),
                settings.longestPause(),
                settings.failureStrategy(),
                settings.deadLetterTopic(),
                settings.metrics(),
                settings.client());
        WorkQueueChannel stopping = queue.open(hasty, new ReleaseStrategy(), meters, stubborn, message -> message);
        queue.send("work");
        await().atMost(PATIENCE).until(() -> stopping.inFlight() == 1);
        stopping.close();
        assertThat(settled("release")).isEqualTo(1);
        end.complete(null);
    }

    double settled(String outcome) {
        return meters.counter("test.queue.settled", "channel", "work", "outcome", outcome)
                .count();
    }

    private static void assertHeader(ConsumerRecord<byte[], byte[]> letter, String name, String value) {
        assertThat(TestQueue.header(letter, name)).isEqualTo(value);
    }
}
