package dev.galatea.gateway.api;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import org.jboss.resteasy.reactive.RestStreamElementType;
import org.jspecify.annotations.Nullable;

/** One video while it is made. */
@Path("/v1/videos/{id}/events")
@Blocking
public class VideoEventsResource {

    private final EventStreams streams;

    @Inject
    VideoEventsResource(EventStreams streams) {
        this.streams = streams;
    }

    /** What happens to a video, as server-sent events, until it is done; {@code Last-Event-ID} continues. */
    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    public Multi<OutboundSseEvent> events(
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER) @Nullable String lastId,
            @Context Sse sse) {
        return streams.ofJob(VideoResource.parse(id), lastId, sse);
    }
}
