package dev.galatea.gateway.api;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import io.smallrye.mutiny.Multi;
import org.jboss.resteasy.reactive.ResponseHeader;
import org.jboss.resteasy.reactive.RestStreamElementType;

import dev.galatea.gateway.api.EventHeadersFilter.EventStream;

/** The events of all videos. */
@Path("/v1/events")
@EventStream
public class EventsResource {

    private final EventStreams streams;

    @Inject
    EventsResource(EventStreams streams) {
        this.streams = streams;
    }

    /** Follows all videos by server-sent events, from now on. */
    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @ResponseHeader(name = HttpHeaders.CACHE_CONTROL, value = "no-cache")
    @ResponseHeader(name = "X-Accel-Buffering", value = "no")
    public Multi<OutboundSseEvent> events(@Context Sse sse) {
        return streams.ofAll().map(event -> event.toSse(sse));
    }
}
