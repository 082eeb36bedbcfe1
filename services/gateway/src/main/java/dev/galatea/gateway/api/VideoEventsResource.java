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

import io.smallrye.mutiny.Multi;
import org.jboss.resteasy.reactive.ResponseHeader;
import org.jboss.resteasy.reactive.RestStreamElementType;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.api.EventHeadersFilter.EventStream;
import dev.galatea.gateway.api.KnownVideoFilter.KnownVideo;
import dev.galatea.gateway.problem.ProblemException;

/** The events of one video while it is made. */
@Path("/v1/videos/{id}/events")
@KnownVideo
@EventStream
public class VideoEventsResource {

    private final EventStreams streams;

    @Inject
    VideoEventsResource(EventStreams streams) {
        this.streams = streams;
    }

    /** Follows a video by server-sent events until it is done; {@code Last-Event-ID} continues. */
    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @ResponseHeader(name = HttpHeaders.CACHE_CONTROL, value = "no-cache")
    @ResponseHeader(name = "X-Accel-Buffering", value = "no")
    public Multi<OutboundSseEvent> events(
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER) @Nullable String lastId,
            @Context Sse sse) {
        return streams.ofJob(VideoResource.parse(id), lastId)
                // The video was there before the headers were sent: what fails now, a reader mends by coming back.
                .onFailure(ProblemException.class)
                .recoverWithCompletion()
                .map(event -> event.toSse(sse));
    }
}
