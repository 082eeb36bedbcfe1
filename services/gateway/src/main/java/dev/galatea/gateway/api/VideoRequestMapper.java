package dev.galatea.gateway.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

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
    private final ModelAliases aliases;
    private final ObjectStore store;

    @Inject
    VideoRequestMapper(GatewayConfig config, ModelAliases aliases, ObjectStore store) {
        this.config = config;
        this.aliases = aliases;
        this.store = store;
    }

    /**
     * The prompts that a request asks for, at least one; the pictures that they start from are in the store by then.
     */
    List<PromptSubmitted> create(VideoRequest request, @Nullable String idempotencyKey) {
        request.requireFieldsOf(Operation.CREATE);
        List<PromptSubmitted> prompts = new ArrayList<>();
        int count = request.count(config.maxVideosPerRequest());
        Medium source = request.source();
        Medium last = request.lastFrame();
        for (int index = 0; index < count; index++) {
            JobId jobId = IdempotencyKey.jobId(idempotencyKey, index);
            prompt(request, jobId, index, null); // what is wrong is said before anything is stored
            prompts.add(prompt(request, jobId, index, reference(request, source, last, jobId)));
        }
        return prompts;
    }

    private PromptSubmitted prompt(VideoRequest request, JobId jobId, int index, @Nullable ReferenceMedia reference) {
        PromptSubmitted prompt = request.toPrompt(jobId, index, reference);
        return prompt.withSettings(
                prompt.settings().withModel(aliases.resolve(prompt.settings().model())));
    }

    private @Nullable ReferenceMedia reference(
            VideoRequest request, @Nullable Medium source, @Nullable Medium last, JobId jobId) {
        ReferenceMedia.Fit fit = request.fit();
        if (source != null && source.isVideo()) {
            if (last != null) {
                throw BodyFields.invalid(
                        last.field(), "is for clips that begin with a picture; valid is none beside a video");
            }
            Double strength = request.strength();
            return new ReferenceMedia(Role.VIDEO, stored(source, jobId), strength, fit, null);
        }
        request.refuseStrength("is for variations of a video; valid is none without one");
        MediaSource end = last == null ? null : stored(last, jobId);
        if (source != null) {
            return new ReferenceMedia(Role.FIRST_FRAME, stored(source, jobId), null, fit, end);
        }
        return end == null ? null : new ReferenceMedia(Role.LAST_FRAME, end, null, fit, null);
    }

    /** The prompt that varies or continues a video that is uploaded, and in the store by then, or at an address. */
    PromptSubmitted from(Role role, VideoRequest request, @Nullable String idempotencyKey) {
        request.requireFieldsOf(role == Role.VIDEO ? Operation.EDIT : Operation.EXTENSION);
        request.count(1);
        JobId jobId = IdempotencyKey.jobId(idempotencyKey, 0);
        prompt(request, jobId, 0, null); // what is wrong is said before anything is stored
        ReferenceMedia.Fit fit = request.fit();
        Double strength = strength(role, request);
        Medium video = request.video();
        if (video == null) {
            throw ProblemException.badRequest(
                    "invalid_request",
                    "video",
                    "is missing; valid are a file in a form, and an object with the id or the url of a video");
        }
        return prompt(request, jobId, 0, new ReferenceMedia(role, stored(video, jobId), strength, fit, null));
    }

    private static @Nullable Double strength(Role role, VideoRequest request) {
        if (role != Role.VIDEO) {
            request.refuseStrength("is for variations; valid is an extension without it");
        }
        return request.strength();
    }

    private MediaSource stored(Medium medium, JobId jobId) {
        if (medium.url() != null) {
            return MediaSource.at(medium.url());
        }
        byte[] media = Objects.requireNonNull(medium.bytes());
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
        request.requireFieldsOf(Operation.REMIX);
        return again(original, request, idempotencyKey, null);
    }

    /** The prompt that varies or continues the clip of that video with its settings, but for what the request says. */
    PromptSubmitted from(Role role, JobState original, VideoRequest request, @Nullable String idempotencyKey) {
        Clip clip = original.clip();
        request.requireFieldsOf(
                role == Role.EXTENSION
                        ? Operation.EXTENSION
                        : request.videoId() == null ? Operation.REMIX : Operation.EDIT);
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
        PromptSubmitted asked = prompt(request, IdempotencyKey.jobId(key, 0), 0, reference);
        boolean longer = reference != null && reference.role() == Role.EXTENSION;
        String model = asked.settings().model();
        boolean another = model != null && !model.equals(spec.model());
        GenerationSettings taken = RequestFields.settingsOf(
                        field -> another && field.ofModel() ? null : field.in(spec.settings()))
                .with(settings -> {
                    settings.fps(null).reference(null);
                    if (longer || request.wantsRandomSeed()) {
                        settings.seed(null); // for an extension, the same noise would show the same again
                    }
                    if (longer || asked.seconds() != null) {
                        settings.frames(null);
                    }
                });
        return asked.withSettings(asked.settings().orElse(taken)).withRemixOf(original.jobId());
    }
}
