package dev.galatea.gateway.api;

import java.io.InputStream;
import java.util.List;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;

import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.id.JobId;

/** The pictures of a video's estimate, on the way from noise to clip. */
@Path("/v1/videos/{id}/previews")
public class PreviewsResource {

    private final Previews previews;
    private final VideoLookup videos;
    private final WorkerPools pools;

    @Inject
    PreviewsResource(Previews previews, VideoLookup videos, WorkerPools pools) {
        this.previews = previews;
        this.videos = videos;
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

    /** Serves the picture of the estimate after a step; a worker thread reads it from the store. */
    @GET
    @Path("{step}")
    @Blocking
    public Response picture(@PathParam("id") String id, @PathParam("step") String step) {
        if (!step.matches("\\d{1,9}")) {
            throw ProblemException.notFound(
                    "unknown_preview", "step", "'" + shown(step) + "' is not valid; valid is the number of a step");
        }
        InputStream picture = previews.open(VideoResource.parse(id), Integer.parseInt(step));
        return Response.ok(picture)
                .type("image/jpeg")
                // The same step of the same job gives the same picture.
                .header(HttpHeaders.CACHE_CONTROL, "private, max-age=3600")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }

    private static String shown(String value) {
        return value.length() > 20 ? value.substring(0, 20) + "…" : value;
    }
}
