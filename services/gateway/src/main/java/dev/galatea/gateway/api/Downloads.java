package dev.galatea.gateway.api;

import java.util.Optional;
import java.util.concurrent.Executor;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.ObjectRef;

/** Streams finished clips out of the store; nothing is held in memory. */
@ApplicationScoped
class Downloads {

    private final VideoLookup videos;
    private final StoredObjects objects;
    private final Executor storeCalls;

    @Inject
    Downloads(VideoLookup videos, StoredObjects objects, WorkerPools pools) {
        this.videos = videos;
        this.objects = objects;
        storeCalls = pools.store();
    }

    /** The headers of a conditional or partial request. */
    record Conditions(
            @Nullable String range,
            @Nullable String ifRange,
            @Nullable String ifNoneMatch) {

        static final Conditions NONE = new Conditions(null, null, null);

        static Conditions of(HttpServerRequest request) {
            return new Conditions(
                    request.getHeader("Range"), request.getHeader("If-Range"), request.getHeader("If-None-Match"));
        }
    }

    /** Answers with an object of a video, or a part of it. Opening it blocks a thread of the pool for store calls. */
    Uni<Response> answer(JobId jobId, @Nullable String variant, Conditions conditions, RoutingContext exchange) {
        Variant wanted = Variant.named(variant);
        return clip(jobId)
                .map(clip -> wanted.of(jobId, clip))
                .emitOn(storeCalls)
                .map(object -> answer(object, wanted, fileName(jobId, wanted), conditions, exchange));
    }

    /** Prompts are not part of names: proxies log them. */
    private static String fileName(JobId jobId, Variant variant) {
        return "galatea-" + jobId + (variant == Variant.VIDEO ? ".mp4" : "-" + variant.wireName() + ".jpg");
    }

    private Response answer(
            ObjectRef object, Variant variant, String fileName, Conditions conditions, RoutingContext exchange) {
        String tag = "\"" + object.sha256() + "\"";
        if (matches(conditions.ifNoneMatch(), tag)) {
            return Response.notModified().header(HttpHeaders.ETAG, tag).build();
        }
        boolean whole = conditions.ifRange() != null && !conditions.ifRange().equals(tag);
        Optional<ByteRange> range = whole ? Optional.empty() : ByteRange.parse(conditions.range(), object.bytes());
        ByteRange sent = range.orElse(new ByteRange(0, object.bytes()));
        Response.ResponseBuilder response = Response.status(range.isPresent() ? 206 : 200)
                .type(variant.mediaType())
                .header(HttpHeaders.CONTENT_LENGTH, sent.length())
                .header("Accept-Ranges", "bytes")
                .header(HttpHeaders.ETAG, tag)
                // The bytes behind an id never change, but whether one may have them can.
                .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                // Shown in a browser, as the page does; whoever saves it gets the name.
                .header(HttpHeaders.CONTENT_DISPOSITION, "inline; filename=\"" + fileName + "\"");
        StoredObjects.POLICY.forEach(response::header);
        range.ifPresent(part -> response.header("Content-Range", part.contentRange(object.bytes())));
        if (!exchange.request().method().equals(HttpMethod.HEAD)) {
            response.entity(objects.open(object, sent, exchange));
        }
        return response.build();
    }

    private Uni<Clip> clip(JobId jobId) {
        return videos.state(jobId).flatMap(state -> {
            Clip clip = state.map(JobState::clip).orElse(null);
            if (clip != null) {
                return Uni.createFrom().item(clip);
            }
            return videos.find(jobId).map(video -> {
                throw ProblemException.conflict(
                        "not_completed",
                        "id",
                        "video " + jobId + " is " + video.status() + "; valid is a completed one");
            });
        });
    }

    private static boolean matches(@Nullable String header, String tag) {
        if (header == null) {
            return false;
        }
        for (String candidate : header.split(",")) {
            String value = candidate.strip();
            if (value.equals("*") || value.equals(tag) || value.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }
}
