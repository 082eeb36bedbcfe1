package dev.galatea.jobtracking.topology;

import java.util.Objects;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.StageEvent;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The input event of the stage that an open job is at, kept so that it can be published again.
 *
 * @param retries number of times that this input was published again
 * @param repeated true if any input of the job was published again; a queue may then hold the job twice
 */
record PendingStageInput(@Nullable StageEvent event, int retries, boolean repeated) {

    private static final String SEPARATOR = "\n";
    private static final int PARTS = 4;

    PendingStageInput again() {
        return new PendingStageInput(event, retries + 1, true);
    }

    /** Topic, retries, repeated and payload, a line each; JSON as {@link EventCodec} writes it has no line breaks. */
    static Serde<PendingStageInput> serde() {
        return Serdes.serdeFrom((topic, input) -> write(input), (topic, bytes) -> read(bytes));
    }

    private static byte @Nullable [] write(@Nullable PendingStageInput input) {
        if (input == null) {
            return null;
        }
        StageEvent event = Objects.requireNonNull(input.event, "only what was read can lack its event");
        String payload = new String(EventCodec.write(event), UTF_8);
        String topic = EventType.of(event).topic();
        return String.join(SEPARATOR, topic, Integer.toString(input.retries), Boolean.toString(input.repeated), payload)
                .getBytes(UTF_8);
    }

    private static @Nullable PendingStageInput read(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        String[] parts = new String(bytes, UTF_8).split(SEPARATOR, PARTS);
        // An added stage may be gone from the pipeline; its jobs must not stop all others.
        StageEvent event =
                EventType.ofTopic(parts[0]).map(type -> event(type, parts[3])).orElse(null);
        return new PendingStageInput(event, Integer.parseInt(parts[1]), Boolean.parseBoolean(parts[2]));
    }

    private static StageEvent event(EventType type, String payload) {
        try {
            return EventCodec.read(type.record().asSubclass(StageEvent.class), payload.getBytes(UTF_8));
        } catch (MalformedEventException e) {
            throw new IllegalStateException("a stored stage input can't be read", e);
        }
    }
}
