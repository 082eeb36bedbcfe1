package dev.galatea.gateway.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.smallrye.common.annotation.Blocking;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.id.JobId;

/** The {@code /v1/videos} dialect over HTTP. */
@Path("/v1/videos")
@Blocking
public class VideoResource {

    private final Desk desk;
    private final Downloads downloads;
    private final GatewayConfig config;

    @Inject
    VideoResource(Desk desk, Downloads downloads, GatewayConfig config) {
        this.desk = desk;
        this.downloads = downloads;
        this.config = config;
    }

    /** Orders a video. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response create(InputStream body) {
        Video video = desk.submit(VideoRequest.parse(JobId.random(), readBounded(body)));
        return Response.ok(video)
                .location(URI.create("/v1/videos/" + video.id()))
                .build();
    }

    /** What has become of a video. */
    @GET
    @Path("{id}")
    @Produces(MediaType.APPLICATION_JSON)
    public Video find(@PathParam("id") String id) {
        return desk.find(parse(id));
    }

    /** Asks to stop making a video. */
    @POST
    @Path("{id}/cancel")
    @Produces(MediaType.APPLICATION_JSON)
    public Video cancel(@PathParam("id") String id) {
        return desk.cancel(parse(id));
    }

    /** The clip or its thumbnail; ranges are served. */
    @GET
    @Path("{id}/content")
    public Response content(
            @PathParam("id") String id,
            @QueryParam("variant") @Nullable String variant,
            @HeaderParam("Range") @Nullable String range,
            @HeaderParam("If-Range") @Nullable String ifRange,
            @HeaderParam("If-None-Match") @Nullable String ifNoneMatch) {
        return downloads.answer(parse(id), variant, new Downloads.Conditions(range, ifRange, ifNoneMatch));
    }

    private static JobId parse(String id) {
        try {
            return JobId.parse(id);
        } catch (IllegalArgumentException e) {
            throw Desk.unknown(id);
        }
    }

    private byte[] readBounded(InputStream body) {
        try {
            byte[] bytes = body.readNBytes(config.maxBodyBytes() + 1);
            if (bytes.length > config.maxBodyBytes()) {
                throw ProblemException.tooLarge("the body is longer than " + config.maxBodyBytes() + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw ProblemException.badRequest("incomplete_body", "the body ended early");
        }
    }
}
