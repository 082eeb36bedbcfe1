package dev.galatea.jobtracking.topology;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MalformedEventException;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The event that handed an open job to the stage that it is at, so that it can be published again.
 *
 * @param retries how often it was
 * @param repeated whether anything was published again for this job, also at an earlier stage: then a queue may hold it twice
 */
record Handover(Event event, int retries, boolean repeated) {

    private static final String SEPARATOR = "\n";
    private static final int PARTS = 4;

    Handover again() {
        return new Handover(event, retries + 1, true);
    }

    /** Topic, retries, repeated and payload, a line each; JSON as {@link EventCodec} writes it has no line breaks. */
    static Serde<Handover> serde() {
        return Serdes.serdeFrom((topic, handover) -> write(handover), (topic, bytes) -> read(bytes));
    }

    private static byte @Nullable [] write(@Nullable Handover handover) {
        if (handover == null) {
            return null;
        }
        String payload = new String(EventCodec.write(handover.event), UTF_8);
        String topic = EventType.of(handover.event).topic();
        return String.join(
                        SEPARATOR,
                        topic,
                        Integer.toString(handover.retries),
                        Boolean.toString(handover.repeated),
                        payload)
                .getBytes(UTF_8);
    }

    private static @Nullable Handover read(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        String[] parts = new String(bytes, UTF_8).split(SEPARATOR, PARTS);
        for (EventType type : EventType.values()) {
            if (type.topic().equals(parts[0])) {
                return new Handover(event(type, parts[3]), Integer.parseInt(parts[1]), Boolean.parseBoolean(parts[2]));
            }
        }
        throw new IllegalStateException("a stored handover is of an unknown topic " + parts[0]);
    }

    private static Event event(EventType type, String payload) {
        try {
            return EventCodec.read(type.record(), payload.getBytes(UTF_8));
        } catch (MalformedEventException e) {
            throw new IllegalStateException("a stored handover can't be read", e);
        }
    }
}
