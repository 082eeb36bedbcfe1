package dev.galatea.webhooks.delivery;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventType;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.SharedSystem;
import dev.galatea.webhooks.Finished;
import dev.galatea.webhooks.Receiver;
import dev.galatea.webhooks.Receiver.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of deliveries when a replica is killed in the middle of them. */
class KillTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String group = "kill-test-" + UUID.randomUUID();

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stopWhatIsLeft() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldTellAgain_whenKilledBetweenTheAttemptAndItsRecord(@TempDir Path directory) throws Exception {
        provideTopics();
        CountDownLatch killed = new CountDownLatch(1);
        JobId held = JobId.random();
        JobId failed = JobId.random();
        try (Receiver receiver = Receiver.plain()) {
            receiver.answer(told -> {
                if (told.body().contains(failed.toString())) {
                    return Answer.of(killed.getCount() == 0 ? 204 : 503);
                }
                // Other tests' jobs are on the topic, too.
                if (told.body().contains(held.toString())) {
                    // The receiver has it, but nobody is there any more to hear so.
                    await(killed);
                }
                return Answer.of(204);
            });
            Process first = start(receiver, directory.resolve("first"));
            publish(Finished.completed(failed, Instant.now()));
            publish(Finished.completed(held, Instant.now()));
            Awaitility.await().atMost(PATIENCE).until(() -> count(receiver, held) == 1 && count(receiver, failed) >= 2);
            first.destroyForcibly().waitFor();
            killed.countDown();
            long failures = count(receiver, failed);

            start(receiver, directory.resolve("second"));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> count(receiver, held) == 2 && count(receiver, failed) > failures);
            for (JobId job : List.of(held, failed)) {
                assertThat(told(receiver, job).map(Receiver.Told::id).distinct())
                        .as("repeated under the same id")
                        .hasSize(1);
            }
        }
    }

    private Process start(Receiver receiver, Path work) throws Exception {
        String url = "http://127.0.0.1:" + receiver.port() + "/";
        Process process = SenderProcess.start(work, SharedSystem.bootstrapServers(), group, url);
        started.add(process);
        return process;
    }

    private static long count(Receiver receiver, JobId job) {
        return told(receiver, job).count();
    }

    private static Stream<Receiver.Told> told(Receiver receiver, JobId job) {
        return receiver.told().stream().filter(told -> told.body().contains(job.toString()));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void provideTopics() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", SharedSystem.bootstrapServers()))) {
            for (String topic : new String[] {
                EventType.VIDEO_FINISHED.topic(), EventType.WEBHOOK_ATTEMPTED.topic(), EventType.DEAD_LETTER_TOPIC
            }) {
                try {
                    admin.createTopics(List.of(new NewTopic(topic, 4, (short) 1)))
                            .all()
                            .get();
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
                }
            }
        }
    }

    private static void publish(CloudEvent event) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", SharedSystem.bootstrapServers());
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(event.type().topic(), event.key(), event.payload());
            event.headers().forEach((name, value) -> record.headers().add(name, value));
            producer.send(record).get();
        }
    }
}
