package dev.galatea.gateway.api;

import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.jobs.VideoStatus;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.id.JobId;

/**
 * The {@code /v1/videos} dialect over HTTP. Nothing here blocks: bodies are taken as they come, and what reads the
 * object store or the disk has threads of its own for as long as it does.
 */
@Path("/v1/videos")
public class VideoResource {

    private static final int MAX_PAGE = 100;

    private final VideoSubmissions submissions;
    private final VideoLookup videos;
    private final VideoCommands commands;
    private final VideoDeletion deletion;
    private final VideoRequestMapper mapper;
    private final Downloads downloads;
    private final VideoBodies bodies;

    @Inject
    VideoResource(
            VideoSubmissions submissions,
            VideoLookup videos,
            VideoCommands commands,
            VideoDeletion deletion,
            VideoRequestMapper mapper,
            Downloads downloads,
            VideoBodies bodies) {
        this.submissions = submissions;
        this.videos = videos;
        this.commands = commands;
        this.deletion = deletion;
        this.mapper = mapper;
        this.downloads = downloads;
        this.bodies = bodies;
    }

    /** Orders a video. */
    @POST
    @Consumes({MediaType.APPLICATION_JSON, MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<Response> create(@Context HttpServerRequest http) {
        return bodies.with(http, (request, key) -> submitted(request, key, mapper.create(request, key)));
    }

    /** Lists videos in the order of their submission. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<VideoList> list(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("20") String limit,
            @QueryParam("order") @DefaultValue("desc") String order,
            @QueryParam("status") @Nullable String status) {
        if (!order.equals("asc") && !order.equals("desc")) {
            throw invalid("order", order, "asc and desc");
        }
        VideoStatus phase = status == null || status.isEmpty()
                ? null
                : VideoStatus.parse(status)
                        .orElseThrow(() -> invalid("status", status, "queued, in_progress, completed and failed"));
        JobId last = after == null || after.isEmpty() ? null : cursor(after);
        return videos.list(phase, last, limit(limit), order.equals("desc"));
    }

    /** Finds a video. */
    @GET
    @Path("{id}")
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<Response> find(@PathParam("id") String id) {
        return videos.find(parse(id)).map(video -> answer(video).build());
    }

    /** Removes a video; one that is being made is stopped first. */
    @DELETE
    @Path("{id}")
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<VideoDeleted> delete(@PathParam("id") String id) {
        return deletion.delete(parse(id));
    }

    /** Orders a variation of a video that comes with the request, or was made here. */
    @POST
    @Path("edits")
    @Consumes({MediaType.APPLICATION_JSON, MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<Response> edit(@Context HttpServerRequest http) {
        return bodies.with(http, (request, key) -> from(Role.VIDEO, request, key));
    }

    /** Orders what comes after a video that comes with the request, or was made here. */
    @POST
    @Path("extensions")
    @Consumes({MediaType.APPLICATION_JSON, MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<Response> extend(@Context HttpServerRequest http) {
        return bodies.with(http, (request, key) -> from(Role.EXTENSION, request, key));
    }

    /** Orders another video with the settings and the noise of one, or a variation of its clip. */
    @POST
    @Path("{id}/remix")
    @Consumes({MediaType.APPLICATION_JSON, MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<Response> remix(@PathParam("id") String id, @Context HttpServerRequest http) {
        JobId jobId = parse(id);
        return bodies.with(http, (request, key) -> again(jobId, roleOfRemixed(request), request, key));
    }

    /** Asks to stop making a video. */
    @POST
    @Path("{id}/cancel")
    @Produces(MediaType.APPLICATION_JSON)
    public Uni<Response> cancel(@PathParam("id") String id) {
        return commands.cancel(parse(id)).map(video -> answer(video).build());
    }

    /** Serves the clip, or pictures of it; ranges are supported. */
    @GET
    @Path("{id}/content")
    public Uni<Response> content(
            @PathParam("id") String id,
            @QueryParam("variant") @Nullable String variant,
            @Context RoutingContext exchange) {
        return downloads.answer(parse(id), variant, Downloads.Conditions.of(exchange.request()), exchange);
    }

    /** The id in a path. */
    static JobId parse(String id) {
        return parse("id", id);
    }

    /** The id in a field or parameter. */
    private static JobId parse(String param, String id) {
        try {
            return JobId.parse(id);
        } catch (IllegalArgumentException e) {
            throw VideoLookup.unknown(param, id);
        }
    }

    /** An id that can't be that of a video is no place in a list, like one of which nothing is known. */
    private static JobId cursor(String after) {
        try {
            return JobId.parse(after);
        } catch (IllegalArgumentException e) {
            throw invalid("after", after, "the last id of a page");
        }
    }

    private Uni<Response> from(Role role, VideoRequest request, @Nullable String key) {
        String id = request.videoId();
        if (id == null) {
            return submitted(request, key, mapper.from(role, request, key));
        }
        return again(parse(VideoRequest.VIDEO, id), role, request, key)
                .onFailure(ProblemException.class)
                .transform(problem ->
                        ((ProblemException) problem).renamed(name -> name.equals("id") ? VideoRequest.VIDEO : name));
    }

    private static @Nullable Role roleOfRemixed(VideoRequest request) {
        return request.strength() == null ? null : Role.VIDEO;
    }

    /** Makes a video from another one. If that one is gone, the answer to a request that is repeated is still there. */
    private Uni<Response> again(JobId original, @Nullable Role role, VideoRequest request, @Nullable String key) {
        return videos.state(original).flatMap(found -> {
            if (found.isPresent()) {
                return submitted(request, key, mapper.again(role, found.get(), request, key));
            }
            if (key == null) {
                return missing(original);
            }
            VideoOrder asked = VideoOrder.of(mapper.asked(role, original, request, key));
            return answered(
                    request,
                    submissions
                            .answerAgain(asked.signed(key).prompts().get(0))
                            .flatMap(video ->
                                    video.isPresent() ? Uni.createFrom().item(video.get()) : missing(original)));
        });
    }

    /** Fails, because there is no such video, or admission has not looked at it yet. */
    private <T> Uni<T> missing(JobId original) {
        return videos.find(original).map(video -> {
            throw ProblemException.conflict(
                    "not_completed",
                    "id",
                    "video " + original + " is " + video.status() + ", and what it will be is not known yet; repeat the"
                            + " request");
        });
    }

    private Uni<Response> submitted(VideoRequest request, @Nullable String key, VideoOrder order) {
        return answered(request, submissions.submit(order.signed(key)));
    }

    /** Answers with a video; refusals name fields as the request does. */
    private static Uni<Response> answered(VideoRequest request, Uni<Video> submission) {
        return submission
                .onFailure(ProblemException.class)
                .transform(problem -> ((ProblemException) problem).renamed(request.callersNames()))
                .map(video -> Locations.with(answer(video), video.id()).build());
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
}
