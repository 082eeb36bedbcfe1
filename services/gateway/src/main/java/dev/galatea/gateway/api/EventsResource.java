package dev.galatea.gateway.api;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** All videos while they are made. */
@Path("/v1/events")
@Blocking
public class EventsResource {

    private final EventStreams streams;

    @Inject
    EventsResource(EventStreams streams) {
        this.streams = streams;
    }

    /** What happens to all videos from now on, as server-sent events. */
    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    public Multi<OutboundSseEvent> events(@Context Sse sse) {
        return streams.ofAll(sse);
    }
}
