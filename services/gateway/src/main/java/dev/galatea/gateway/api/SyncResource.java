package dev.galatea.gateway.api;

import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.id.JobId;

/** Orders a video and answers with its clip; nothing but the connection is held while it is made. */
@Path("/v1/videos/sync")
public class SyncResource {

    private final VideoBodies bodies;
    private final VideoRequestMapper mapper;
    private final VideoSubmissions submissions;
    private final FinishedClips clips;
    private final WaitingRequests waiting;

    @Inject
    SyncResource(
            VideoBodies bodies,
            VideoRequestMapper mapper,
            VideoSubmissions submissions,
            FinishedClips clips,
            WaitingRequests waiting) {
        this.bodies = bodies;
        this.mapper = mapper;
        this.submissions = submissions;
        this.clips = clips;
        this.waiting = waiting;
    }

    /** Orders a video and waits for it. */
    @POST
    @Consumes({MediaType.APPLICATION_JSON, MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    public Uni<Response> create(@Context RoutingContext exchange) {
        waiting.enter(exchange);
        // What the request brought along is given back before the wait for the clip.
        return bodies.with(exchange.request(), this::submitted).flatMap(jobId -> clips.await(jobId, exchange));
    }

    private Uni<JobId> submitted(VideoRequest request, @Nullable String key) {
        request.count(1);
        VideoOrder order = mapper.create(request, key);
        return submissions
                .submit(order.signed(key))
                .onFailure(ProblemException.class)
                .transform(problem -> ((ProblemException) problem).renamed(request.callersNames()))
                .replaceWith(order.prompts().get(0).jobId());
    }
}
