package dev.galatea.gateway.api;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

import io.smallrye.mutiny.Uni;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.JobState;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;

/** Streams finished clips out of the store; nothing is held in memory. */
@ApplicationScoped
class Downloads {

    /** The parts of a video that can be downloaded. */
    static final List<String> VARIANTS = List.of("video", "thumbnail", "spritesheet");

    private final VideoLookup videos;
    private final ObjectStore store;
    private final Executor storeCalls;
    private final GatewayConfig config;

    @Inject
    Downloads(VideoLookup videos, ObjectStore store, WorkerPools pools, GatewayConfig config) {
        this.videos = videos;
        storeCalls = pools.store();
        this.store = store;
        this.config = config;
    }

    /** The headers of a conditional or partial request. */
    record Conditions(
            @Nullable String range,
            @Nullable String ifRange,
            @Nullable String ifNoneMatch) {}

    /** Answers with an object of a video, or a part of it. Opening it blocks a thread of the pool for store calls. */
    Uni<Response> answer(JobId jobId, @Nullable String variant, Conditions conditions) {
        String wanted = variant == null ? "video" : variant;
        if (!VARIANTS.contains(wanted)) {
            throw ProblemException.badRequest("invalid_variant", "variant", "valid are " + String.join(", ", VARIANTS));
        }
        return clip(jobId)
                .emitOn(storeCalls)
                .map(clip -> answer(object(jobId, clip, wanted), conditions, fileName(jobId, wanted)));
    }

    /** Prompts are not part of names: proxies log them. */
    private static String fileName(JobId jobId, String variant) {
        return "galatea-" + jobId + (variant.equals("video") ? ".mp4" : "-" + variant + ".jpg");
    }

    private Response answer(ObjectRef object, Conditions conditions, String fileName) {
        String tag = "\"" + object.sha256() + "\"";
        if (matches(conditions.ifNoneMatch(), tag)) {
            return Response.notModified().header(HttpHeaders.ETAG, tag).build();
        }
        boolean whole = conditions.ifRange() != null && !conditions.ifRange().equals(tag);
        Optional<ByteRange> range = whole ? Optional.empty() : ByteRange.parse(conditions.range(), object.bytes());
        ByteRange sent = range.orElse(new ByteRange(0, object.bytes()));
        Response.ResponseBuilder response = Response.status(range.isPresent() ? 206 : 200)
                .entity(open(object, sent))
                .type(object.mediaType())
                .header(HttpHeaders.CONTENT_LENGTH, sent.length())
                .header("Accept-Ranges", "bytes")
                .header(HttpHeaders.ETAG, tag)
                // The bytes behind an id never change, but whether one may have them can.
                .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                // Shown in a browser, as the page does; whoever saves it gets the name.
                .header(HttpHeaders.CONTENT_DISPOSITION, "inline; filename=\"" + fileName + "\"")
                .header("X-Content-Type-Options", "nosniff");
        range.ifPresent(part -> response.header("Content-Range", part.contentRange(object.bytes())));
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

    private static ObjectRef object(JobId jobId, Clip clip, String variant) {
        return switch (variant) {
            case "video" -> clip.video();
            case "thumbnail" -> clip.thumbnail();
            default -> spritesheet(jobId, clip);
        };
    }

    private static ObjectRef spritesheet(JobId jobId, Clip clip) {
        if (clip.spritesheet() == null) {
            throw ProblemException.notFound(
                    "no_spritesheet",
                    "variant",
                    "video " + jobId + " was made before there were spritesheets; valid are video, thumbnail");
        }
        return clip.spritesheet().picture();
    }

    private InputStream open(ObjectRef object, ByteRange range) {
        try {
            return store.open(object, range.first(), range.length());
        } catch (RetryableException e) {
            throw ProblemException.unavailable(e.code(), "the object store doesn't answer", config.retryAfter());
        } catch (PoisonException e) {
            throw ProblemException.notFound(e.code(), "the object of this video is not in the store any more");
        }
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
