package dev.galatea.gateway.api;

import java.time.Duration;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import org.jspecify.annotations.Nullable;

/**
 * One server-sent event.
 *
 * @param name absent for a comment, which only says that the stream is alive
 * @param id a place to continue from, if it has one
 * @param data absent for a comment
 */
record StreamEvent(
        @Nullable String name,
        @Nullable String id,
        @Nullable Object data) {

    /** A comment, for whoever takes a silent connection to be dead. */
    static final StreamEvent HEARTBEAT = new StreamEvent(null, null, null);

    private static final Duration RECONNECT = Duration.ofSeconds(2);

    static StreamEvent state(Video video) {
        return new StreamEvent("state", null, video);
    }

    static StreamEvent progress(String id, ProgressMessage message) {
        return new StreamEvent("progress", id, message);
    }

    /** This event as the framework sends it. */
    OutboundSseEvent toSse(Sse sse) {
        if (name == null || data == null) {
            return sse.newEventBuilder().comment("still here").build();
        }
        OutboundSseEvent.Builder event = sse.newEventBuilder()
                .name(name)
                .reconnectDelay(RECONNECT.toMillis())
                .mediaType(MediaType.APPLICATION_JSON_TYPE)
                .data(data);
        return (id == null ? event : event.id(id)).build();
    }
}
