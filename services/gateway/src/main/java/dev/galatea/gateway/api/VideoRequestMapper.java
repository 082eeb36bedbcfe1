package dev.galatea.gateway.api;

import java.util.ArrayList;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.MediaType;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.store.ObjectStore;

/** Makes prompt events of requests for videos, and puts the media that they bring into the store. */
@ApplicationScoped
class VideoRequestMapper {

    private final GatewayConfig config;
    private final ObjectStore store;

    @Inject
    VideoRequestMapper(GatewayConfig config, ObjectStore store) {
        this.config = config;
        this.store = store;
    }

    /**
     * The prompts that a request asks for, at least one; the pictures that they start from are in the store by then.
     */
    List<PromptSubmitted> create(VideoRequest request, @Nullable String idempotencyKey) {
        request.refuseVideo();
        List<PromptSubmitted> prompts = new ArrayList<>();
        int count = request.count(config.maxVideosPerRequest());
        for (int index = 0; index < count; index++) {
            JobId jobId = IdempotencyKey.jobId(idempotencyKey, index);
            request.toPrompt(jobId, index, null); // what is wrong is said before anything is stored
            prompts.add(request.toPrompt(jobId, index, reference(request, jobId)));
        }
        return prompts;
    }

    private @Nullable ReferenceMedia reference(VideoRequest request, JobId jobId) {
        MediaSource first = picture(VideoRequest.FIRST_FRAME, request, jobId);
        MediaSource last = picture(VideoRequest.LAST_FRAME, request, jobId);
        ReferenceMedia.Fit fit = request.fit();
        if (first != null) {
            return new ReferenceMedia(Role.FIRST_FRAME, first, null, fit, last);
        }
        return last == null ? null : new ReferenceMedia(Role.LAST_FRAME, last, null, fit, null);
    }

    private @Nullable MediaSource picture(String field, VideoRequest request, JobId jobId) {
        String url = request.pictureUrl(field);
        return url == null ? upload(field, request.picture(field), jobId) : MediaSource.at(url);
    }

    /** The prompt that varies or continues a video that is uploaded, and in the store by then, or at an address. */
    PromptSubmitted from(Role role, VideoRequest request, @Nullable String idempotencyKey) {
        request.count(1);
        JobId jobId = IdempotencyKey.jobId(idempotencyKey, 0);
        request.toPrompt(jobId, 0, null); // what is wrong is said before anything is stored
        ReferenceMedia.Fit fit = request.fit();
        Double strength = strength(role, request);
        String url = request.videoUrl();
        MediaSource video = url == null ? upload(VideoRequest.VIDEO, request.video(), jobId) : MediaSource.at(url);
        if (video == null) {
            throw ProblemException.badRequest(
                    "invalid_request",
                    "video",
                    "is missing; valid are a file in a form, and an object with the id or the url of a video");
        }
        return request.toPrompt(jobId, 0, new ReferenceMedia(role, video, strength, fit, null));
    }

    private static @Nullable Double strength(Role role, VideoRequest request) {
        Double strength = request.strength();
        if (strength != null && role != Role.VIDEO) {
            throw ProblemException.badRequest(
                    "invalid_request", "strength", "is for variations; valid is an extension without it");
        }
        return strength;
    }

    private @Nullable MediaSource upload(String field, byte @Nullable [] media, JobId jobId) {
        if (media == null) {
            return null;
        }
        if (media.length == 0) {
            throw ProblemException.badRequest("invalid_request", field, "is empty; valid is a picture or a video");
        }
        try {
            // The media type declared by the client is ignored; the encoding stage detects it.
            return MediaSource.stored(
                    store.put(ObjectKeys.upload(jobId, Sha256.of(media)), MediaType.APPLICATION_OCTET_STREAM, media));
        } catch (RetryableException e) {
            throw ProblemException.unavailable(
                    "store_unavailable", "the object store doesn't answer", config.retryAfter());
        }
    }

    /** The prompt that makes another video with the settings and the noise of one, but for what the request says. */
    PromptSubmitted remix(JobState original, VideoRequest request, @Nullable String idempotencyKey) {
        return again(original, request, idempotencyKey, null);
    }

    /** The prompt that varies or continues the clip of that video with its settings, but for what the request says. */
    PromptSubmitted from(Role role, JobState original, VideoRequest request, @Nullable String idempotencyKey) {
        Clip clip = original.clip();
        if (clip == null) {
            throw ProblemException.conflict(
                    "not_completed",
                    "id",
                    "video " + original.jobId() + " is " + original.status().wireName()
                            + " and has no clip; valid is one that is completed");
        }
        return again(
                original,
                request,
                idempotencyKey,
                new ReferenceMedia(
                        role, MediaSource.stored(clip.video()), strength(role, request), request.fit(), null));
    }

    private PromptSubmitted again(
            JobState original, VideoRequest request, @Nullable String key, @Nullable ReferenceMedia reference) {
        JobSpec spec = original.spec();
        if (spec == null) {
            throw ProblemException.conflict(
                    "not_remixable",
                    "id",
                    "video " + original.jobId() + " was refused; valid is one that was accepted");
        }
        request.count(1);
        PromptSubmitted asked = request.toPrompt(IdempotencyKey.jobId(key, 0), 0, reference);
        boolean longer = reference != null && reference.role() == Role.EXTENSION;
        String model = asked.settings().model();
        boolean another = model != null && !model.equals(spec.model());
        GenerationSettings taken = RequestFields.settingsOf(
                        field -> another && field.ofModel() ? null : field.in(spec.settings()))
                .with(settings -> {
                    settings.fps(null).reference(null);
                    if (longer) {
                        settings.seed(null); // the same noise would show the same again
                    }
                    if (longer || asked.seconds() != null) {
                        settings.frames(null);
                    }
                });
        return asked.withSettings(asked.settings().orElse(taken)).withRemixOf(original.jobId());
    }
}
