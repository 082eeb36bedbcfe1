package dev.galatea.jobtracking.topology;

import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.MalformedEventException;

/** Events in the stores, as their JSON. What was written here must be readable here, or the store is damaged. */
final class EventSerde {

    private EventSerde() {}

    static <T extends Event> Serde<T> of(Class<T> type) {
        Deserializer<T> deserializer = (topic, bytes) -> read(type, bytes);
        return Serdes.serdeFrom((topic, event) -> event == null ? null : EventCodec.write(event), deserializer);
    }

    private static <T extends Event> @Nullable T read(Class<T> type, byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return EventCodec.read(type, bytes);
        } catch (MalformedEventException e) {
            throw new IllegalStateException("a stored " + type.getSimpleName() + " can't be read", e);
        }
    }
}
