package dev.galatea.gateway.api;

import java.io.InputStream;
import java.util.List;

import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.PromptSubmitted;

/** Orders a video and answers with its clip; nothing but the connection is held while it is made. */
@Path("/v1/videos/sync")
public class SyncResource {

    private final BodyReader bodies;
    private final VideoRequestMapper mapper;
    private final VideoSubmissions submissions;
    private final FinishedClips clips;

    @Inject
    SyncResource(BodyReader bodies, VideoRequestMapper mapper, VideoSubmissions submissions, FinishedClips clips) {
        this.bodies = bodies;
        this.mapper = mapper;
        this.submissions = submissions;
        this.clips = clips;
    }

    /** Orders a video and waits for it. */
    @POST
    @Consumes({MediaType.APPLICATION_JSON, MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    @Blocking
    public Uni<Response> create(
            InputStream body,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam("Idempotency-Key") @Nullable String key,
            @Context RoutingContext exchange) {
        VideoRequest request = bodies.read(contentType, body);
        request.count(1);
        List<PromptSubmitted> prompts = mapper.create(request, key);
        return submissions
                .submit(IdempotencyKey.sign(key, prompts))
                .onFailure(ProblemException.class)
                .transform(problem -> ((ProblemException) problem).renamed(request.callersNames()))
                .flatMap(video -> clips.await(prompts.get(0).jobId(), exchange));
    }
}
