package dev.galatea.gateway.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;

import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.Blocking;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.Phase;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.id.JobId;

/** The {@code /v1/videos} dialect over HTTP. */
@Path("/v1/videos")
@Blocking
public class VideoResource {

    private static final int MAX_PAGE = 100;

    private final Desk desk;
    private final VideoRequestMapper mapper;
    private final Downloads downloads;
    private final Deletion deletion;
    private final GatewayConfig config;

    @Inject
    VideoResource(Desk desk, VideoRequestMapper mapper, Downloads downloads, Deletion deletion, GatewayConfig config) {
        this.desk = desk;
        this.mapper = mapper;
        this.downloads = downloads;
        this.deletion = deletion;
        this.config = config;
    }

    /** Orders a video. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response create(InputStream body, @HeaderParam("Idempotency-Key") @Nullable String key) {
        return ordered(desk.submit(mapper.create(VideoRequest.of(json(body)), key)));
    }

    /** Orders a video by a form, as the official clients do. */
    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Produces(MediaType.APPLICATION_JSON)
    public Response createByForm(
            InputStream body,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam("Idempotency-Key") @Nullable String key) {
        return ordered(desk.submit(mapper.create(VideoRequest.of(form(contentType, body)), key)));
    }

    /** The videos in the order of their submission. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public VideoList list(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("20") String limit,
            @QueryParam("order") @DefaultValue("desc") String order,
            @QueryParam("status") @Nullable String status) {
        if (!order.equals("asc") && !order.equals("desc")) {
            throw invalid("order", order, "asc and desc");
        }
        Phase phase = status == null || status.isEmpty()
                ? null
                : Phase.parse(status)
                        .orElseThrow(() -> invalid("status", status, "queued, in_progress, completed and failed"));
        JobId last = after == null || after.isEmpty() ? null : parse(after);
        return desk.list(phase, last, limit(limit), order.equals("desc"));
    }

    /** What has become of a video. */
    @GET
    @Path("{id}")
    @Produces(MediaType.APPLICATION_JSON)
    public Response find(@PathParam("id") String id) {
        return answer(desk.find(parse(id))).build();
    }

    /** Removes a video; one that is being made is stopped first. */
    @DELETE
    @Path("{id}")
    @Produces(MediaType.APPLICATION_JSON)
    public VideoDeleted delete(@PathParam("id") String id) {
        return deletion.delete(parse(id));
    }

    /** Orders a variation of a video that was made here. */
    @POST
    @Path("edits")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response edit(InputStream body, @HeaderParam("Idempotency-Key") @Nullable String key) {
        return from(Role.VIDEO, VideoRequest.of(json(body)), key);
    }

    /** Orders a variation of a video that is in the form, or was made here. */
    @POST
    @Path("edits")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Produces(MediaType.APPLICATION_JSON)
    public Response editByForm(
            InputStream body,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam("Idempotency-Key") @Nullable String key) {
        return from(Role.VIDEO, VideoRequest.of(form(contentType, body)), key);
    }

    /** Orders what comes after a video that was made here. */
    @POST
    @Path("extensions")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response extend(InputStream body, @HeaderParam("Idempotency-Key") @Nullable String key) {
        return from(Role.EXTENSION, VideoRequest.of(json(body)), key);
    }

    /** Orders what comes after a video that is in the form, or was made here. */
    @POST
    @Path("extensions")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Produces(MediaType.APPLICATION_JSON)
    public Response extendByForm(
            InputStream body,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam("Idempotency-Key") @Nullable String key) {
        return from(Role.EXTENSION, VideoRequest.of(form(contentType, body)), key);
    }

    /** Orders another video with the settings and the noise of one, or a variation of its clip. */
    @POST
    @Path("{id}/remix")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response remix(
            @PathParam("id") String id, InputStream body, @HeaderParam("Idempotency-Key") @Nullable String key) {
        return remixed(parse(id), VideoRequest.of(json(body)), key);
    }

    /** Orders another video by a form. */
    @POST
    @Path("{id}/remix")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @Produces(MediaType.APPLICATION_JSON)
    public Response remixByForm(
            @PathParam("id") String id,
            InputStream body,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            @HeaderParam("Idempotency-Key") @Nullable String key) {
        return remixed(parse(id), VideoRequest.of(form(contentType, body)), key);
    }

    /** Asks to stop making a video. */
    @POST
    @Path("{id}/cancel")
    @Produces(MediaType.APPLICATION_JSON)
    public Response cancel(@PathParam("id") String id) {
        return answer(desk.cancel(parse(id))).build();
    }

    /** The clip, or pictures of it; ranges are served. */
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

    /** The id in a path. */
    static JobId parse(String id) {
        try {
            return JobId.parse(id);
        } catch (IllegalArgumentException e) {
            throw Desk.unknown(id);
        }
    }

    private Response from(Role role, VideoRequest request, @Nullable String key) {
        String id = request.videoId();
        PromptSubmitted prompt =
                id == null ? mapper.from(role, request, key) : mapper.from(role, original(parse(id)), request, key);
        return ordered(desk.submit(List.of(prompt)));
    }

    private Response remixed(JobId jobId, VideoRequest request, @Nullable String key) {
        JobState original = original(jobId);
        PromptSubmitted prompt = request.strength() == null
                ? mapper.remix(original, request, key)
                : mapper.from(Role.VIDEO, original, request, key);
        return ordered(desk.submit(List.of(prompt)));
    }

    private JobState original(JobId jobId) {
        return desk.state(jobId).orElseThrow(() -> Desk.unknown(jobId.toString()));
    }

    private static Response ordered(Video video) {
        return answer(video).location(URI.create("/v1/videos/" + video.id())).build();
    }

    private static Response.ResponseBuilder answer(Video video) {
        Response.ResponseBuilder response = Response.ok(video);
        PollPause.of(video).ifPresent(pause -> response.header("openai-poll-after-ms", pause.toMillis()));
        return response;
    }

    private static int limit(String text) {
        int limit = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_PAGE) {
            throw invalid("limit", text, "1 to " + MAX_PAGE);
        }
        return limit;
    }

    private static ProblemException invalid(String field, String value, String valid) {
        String shown = value.length() > 64 ? value.substring(0, 64) + "…" : value;
        return ProblemException.badRequest(
                "invalid_" + field, field, "'" + shown + "' is not valid; valid are " + valid);
    }

    private MultipartBody.Form form(@Nullable String contentType, InputStream body) {
        return MultipartBody.read(contentType, body, config.maxBodyBytes(), config.maxUploadBytes());
    }

    private JsonNode json(InputStream body) {
        try {
            byte[] bytes = body.readNBytes(config.maxBodyBytes() + 1);
            if (bytes.length > config.maxBodyBytes()) {
                throw ProblemException.tooLarge("the body is longer than " + config.maxBodyBytes()
                        + " bytes; larger media are taken as files in a form");
            }
            return VideoRequest.json(bytes);
        } catch (IOException e) {
            throw ProblemException.badRequest("incomplete_body", "the body ended early");
        }
    }
}
