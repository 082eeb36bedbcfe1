package dev.galatea.systemtests;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.kafka.clients.producer.ProducerRecord;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventType;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.Pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Puts records that are no events, each wrong in its own way, on every topic that a service reads. */
final class PoisonDrill implements Drill {

    private static final Duration DEAD_LETTERS_WITHIN = Duration.ofSeconds(30);
    private static final long LOOK_AGAIN_MS = 100;

    private static final List<EventType> READ = Stream.concat(
                    Stream.of(EventType.PROMPT_SUBMITTED, EventType.PROGRESS, EventType.COMMAND),
                    Pipeline.current().eventTypes().stream())
            .toList();

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
    public void run(DrillContext context) throws Exception {
        Set<String> sent = new HashSet<>();
        for (EventType type : READ) {
            for (String payload : PAYLOADS) {
                sent.add(context.send(record(type, payload)));
            }
            sent.add(context.send(new ProducerRecord<>(type.topic(), null, (byte[]) null)));
        }
        Instant deadline = Instant.now().plus(DEAD_LETTERS_WITHIN);
        List<JobId> good = context.submitSome(DrillContext.VARIANTS);
        context.awaitEnds(good);
        while (!deadLetters(context).containsAll(sent) && Instant.now().isBefore(deadline)) {
            Thread.sleep(LOOK_AGAIN_MS);
        }
        context.figure(sent.size() + " records sent");
        sent.removeAll(deadLetters(context));
        context.require(sent.isEmpty(), "no dead letter for the records " + sent + ", which are no events");
    }

    /** The origins of the dead letters; a record of a topic with several readers may have several letters. */
    private static Set<String> deadLetters(DrillContext context) {
        return context.log().all().stream()
                .flatMap(event -> Stream.ofNullable(event.origin()))
                .collect(Collectors.toSet());
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
