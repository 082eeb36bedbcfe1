package dev.galatea.gateway.api;

import java.util.List;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.ObjectRef;

/** The pictures of a video's estimate, on the way from noise to clip. */
@Path("/v1/videos/{id}/previews")
public class PreviewsResource {

    private final Previews previews;
    private final VideoLookup videos;
    private final StoredObjects objects;
    private final WorkerPools pools;

    @Inject
    PreviewsResource(Previews previews, VideoLookup videos, StoredObjects objects, WorkerPools pools) {
        this.previews = previews;
        this.videos = videos;
        this.objects = objects;
        this.pools = pools;
    }

    /** The steps of which there are pictures, in order. */
    public record PreviewList(List<Integer> steps) {}

    /** Lists the steps of which there are pictures. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<PreviewList> list(@PathParam("id") String id) {
        JobId jobId = VideoResource.parse(id);
        return videos.find(jobId).emitOn(pools.store()).map(video -> new PreviewList(previews.steps(jobId)));
    }

    /** Serves the picture of the estimate after a step. */
    @GET
    @Path("{step}")
    public Uni<Response> picture(
            @PathParam("id") String id, @PathParam("step") String step, @Context RoutingContext exchange) {
        if (!step.matches("\\d{1,9}")) {
            throw ProblemException.notFound(
                    "unknown_preview", "step", "'" + shown(step) + "' is not valid; valid is the number of a step");
        }
        JobId jobId = VideoResource.parse(id);
        int number = Integer.parseInt(step);
        return Uni.createFrom()
                .voidItem()
                .emitOn(pools.store())
                .map(nothing -> answer(previews.find(jobId, number), exchange));
    }

    private Response answer(ObjectRef picture, RoutingContext exchange) {
        Response.ResponseBuilder response = Response.ok()
                .type(Previews.MEDIA_TYPE)
                .header(HttpHeaders.CONTENT_LENGTH, picture.bytes())
                // The same step of the same job gives the same picture.
                .header(HttpHeaders.CACHE_CONTROL, "private, max-age=3600");
        StoredObjects.POLICY.forEach(response::header);
        if (!exchange.request().method().equals(HttpMethod.HEAD)) {
            response.entity(objects.open(picture, new ByteRange(0, picture.bytes()), exchange));
        }
        return response.build();
    }

    private static String shown(String value) {
        return value.length() > 20 ? value.substring(0, 20) + "…" : value;
    }
}
