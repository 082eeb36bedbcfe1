package dev.galatea.standalone.drill;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.apache.kafka.clients.producer.ProducerRecord;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventType;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Puts records that are no events, each wrong in its own way, on every topic that a service reads. */
final class PoisonDrill implements Drill {

    private static final Duration DEAD_LETTERS_WITHIN = Duration.ofSeconds(30);
    private static final long LOOK_AGAIN_MS = 100;

    private static final List<EventType> READ = List.of(
            EventType.PROMPT_SUBMITTED,
            EventType.JOB_ACCEPTED,
            EventType.PROMPT_CONDITIONED,
            EventType.LATENTS_DENOISED,
            EventType.CLIP_DECODED,
            EventType.PROGRESS,
            EventType.COMMAND);

    private static final List<String> PAYLOADS = List.of("", "no json", "{}", "{\"jobId\":\"1\"}", "[[[[", "null");

    @Override
    public String title() {
        return "poison";
    }

    @Override
    public String description() {
        return "records that are no events on every topic, between good ones";
    }

    @Override
    public void run(Scene scene) throws Exception {
        long before = deadLetters(scene);
        int sent = 0;
        for (EventType type : READ) {
            for (String payload : PAYLOADS) {
                scene.send(record(type, payload));
                sent++;
            }
            scene.send(new ProducerRecord<>(type.topic(), null, (byte[]) null));
            sent++;
        }
        Instant deadline = Instant.now().plus(DEAD_LETTERS_WITHIN);
        List<JobId> good = scene.submitSome(Scene.VARIANTS);
        scene.awaitEnds(good);
        while (deadLetters(scene) - before < sent && Instant.now().isBefore(deadline)) {
            Thread.sleep(LOOK_AGAIN_MS);
        }
        long letters = deadLetters(scene) - before;
        scene.figure(sent + " records sent, " + letters + " dead letters");
        scene.require(letters >= sent, "only " + letters + " dead letters for " + sent + " records that are no events");
    }

    private static long deadLetters(Scene scene) {
        return scene.log().all().stream()
                .filter(event -> event.topic().equals(EventType.DEAD_LETTER_TOPIC))
                .count();
    }

    private static ProducerRecord<byte[], byte[]> record(EventType type, String payload) {
        byte[] key = JobId.random().toString().getBytes(UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(type.topic(), key, payload.getBytes(UTF_8));
        record.headers().add(CloudEvent.SPECVERSION, CloudEvent.SPEC_VERSION.getBytes(UTF_8));
        record.headers().add(CloudEvent.ID, key);
        record.headers().add(CloudEvent.SOURCE, "/drill".getBytes(UTF_8));
        record.headers().add(CloudEvent.TYPE, type.cloudEventsType().getBytes(UTF_8));
        return record;
    }
}
