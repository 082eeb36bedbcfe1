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

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.id.JobId;

/** The pictures of a video's estimate, on the way from noise to clip. */
@Path("/v1/videos/{id}/previews")
@Blocking
public class PreviewsResource {

    private final Previews previews;
    private final Desk desk;

    @Inject
    PreviewsResource(Previews previews, Desk desk) {
        this.previews = previews;
        this.desk = desk;
    }

    /** The steps of which there are pictures, in order. */
    public record PreviewList(List<Integer> steps) {}

    /** Of which steps there are pictures. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public PreviewList list(@PathParam("id") String id) {
        JobId jobId = VideoResource.parse(id);
        desk.find(jobId);
        return new PreviewList(previews.steps(jobId));
    }

    /** The picture of the estimate after a step. */
    @GET
    @Path("{step}")
    public Response picture(@PathParam("id") String id, @PathParam("step") String step) {
        if (!step.matches("\\d{1,9}")) {
            throw ProblemException.notFound("unknown_preview", "step", "is no number of a step");
        }
        InputStream picture = previews.open(VideoResource.parse(id), Integer.parseInt(step));
        return Response.ok(picture)
                .type("image/jpeg")
                // The same step of the same job gives the same picture.
                .header(HttpHeaders.CACHE_CONTROL, "private, max-age=3600")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }
}
