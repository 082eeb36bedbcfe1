package dev.galatea.gateway.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.body.Upload;
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
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;

/** Makes prompt events of requests for videos, and says what has to be in the store before they are published. */
@ApplicationScoped
class VideoRequestMapper {

    private final GatewayConfig config;
    private final ModelAliases aliases;
    private final String bucket;

    @Inject
    VideoRequestMapper(GatewayConfig config, ModelAliases aliases, ObjectStore store) {
        this.config = config;
        this.aliases = aliases;
        this.bucket = store.bucket();
    }

    /** The prompts that a request asks for. They share its media, which lie with the first one's job. */
    VideoOrder create(VideoRequest request, @Nullable String idempotencyKey) {
        request.requireFieldsOf(Operation.CREATE);
        int count = request.count(config.maxVideosPerRequest());
        Medium source = request.source();
        Medium last = request.lastFrame();
        List<JobId> jobs = IntStream.range(0, count)
                .mapToObj(index -> IdempotencyKey.jobId(idempotencyKey, index))
                .toList();
        List<PromptSubmitted> prompts = new ArrayList<>();
        List<VideoOrder.Attachment> attachments = new ArrayList<>();
        for (int first = 0; first < count; first += ObjectKeys.SHARERS) {
            prompt(request, jobs.get(first), first, null); // what is wrong with the fields is said first
            List<JobId> sharers = jobs.subList(first, Math.min(count, first + ObjectKeys.SHARERS));
            ReferenceMedia reference = reference(request, source, last, new Place(sharers, attachments));
            for (int index = first; index < first + sharers.size(); index++) {
                prompts.add(prompt(request, jobs.get(index), index, reference));
            }
        }
        return new VideoOrder(prompts, attachments);
    }

    /**
     * The place of media.
     *
     * @param sharers the jobs that start from them; they lie with the first one
     * @param attachments to which those are added that have to be stored
     */
    private record Place(List<JobId> sharers, List<VideoOrder.Attachment> attachments) {}

    private PromptSubmitted prompt(VideoRequest request, JobId jobId, int index, @Nullable ReferenceMedia reference) {
        PromptSubmitted prompt = request.toPrompt(jobId, index, reference);
        return prompt.withSettings(
                prompt.settings().withModel(aliases.resolve(prompt.settings().model())));
    }

    private @Nullable ReferenceMedia reference(
            VideoRequest request, @Nullable Medium source, @Nullable Medium last, Place place) {
        ReferenceMedia.Fit fit = request.fit();
        if (source != null && source.isVideo()) {
            if (last != null) {
                throw BodyFields.invalid(
                        last.field(), "is for clips that begin with a picture; valid is none beside a video");
            }
            Double strength = request.strength();
            return HttpNames.called(
                    source.field(), new ReferenceMedia(Role.VIDEO, source(source, place), strength, fit, null));
        }
        request.refuseStrength("is for variations of a video; valid is none without one");
        MediaSource end = last == null ? null : source(last, place);
        if (source != null) {
            return HttpNames.called(
                    source.field(), new ReferenceMedia(Role.FIRST_FRAME, source(source, place), null, fit, end));
        }
        if (last == null || end == null) {
            request.refuseWithoutMedia();
            return null;
        }
        return HttpNames.called(last.field(), new ReferenceMedia(Role.LAST_FRAME, end, null, fit, null));
    }

    /** The prompt that varies or continues a video that comes with the request, or is at an address. */
    VideoOrder from(Role role, VideoRequest request, @Nullable String idempotencyKey) {
        request.requireFieldsOf(role == Role.VIDEO ? Operation.EDIT : Operation.EXTENSION);
        request.count(1);
        JobId jobId = IdempotencyKey.jobId(idempotencyKey, 0);
        prompt(request, jobId, 0, null); // what is wrong with the fields is said first
        ReferenceMedia.Fit fit = request.fit();
        Double strength = strength(role, request);
        Medium video = request.video();
        if (video == null) {
            throw ProblemException.badRequest(
                    "invalid_request",
                    "video",
                    "is missing; valid are a file in a form, and an object with the id or the url of a video");
        }
        List<VideoOrder.Attachment> attachments = new ArrayList<>();
        MediaSource source = source(video, new Place(List.of(jobId), attachments));
        ReferenceMedia reference =
                HttpNames.called(video.field(), new ReferenceMedia(role, source, strength, fit, null));
        return new VideoOrder(List.of(prompt(request, jobId, 0, reference)), attachments);
    }

    private static @Nullable Double strength(Role role, VideoRequest request) {
        if (role != Role.VIDEO) {
            request.refuseStrength("is for variations; valid is an extension without it");
        }
        return request.strength();
    }

    private MediaSource source(Medium medium, Place place) {
        Upload upload = medium.upload();
        if (upload == null) {
            return MediaSource.at(Objects.requireNonNull(medium.url()));
        }
        String key = ObjectKeys.upload(place.sharers(), upload.digest());
        ObjectRef object = new ObjectRef(bucket, key, Upload.MEDIA_TYPE, upload.bytes(), upload.digest());
        VideoOrder.Attachment attachment = new VideoOrder.Attachment(object, upload);
        if (place.attachments().stream().noneMatch(attachment::isSameObject)) {
            place.attachments().add(attachment);
        }
        return MediaSource.stored(object);
    }

    /**
     * The order of a video that is made from another one.
     *
     * @param role of that one's clip; absent if only its settings and its noise are taken over
     */
    VideoOrder again(@Nullable Role role, JobState original, VideoRequest request, @Nullable String idempotencyKey) {
        PromptSubmitted prompt =
                role == null ? remix(original, request, idempotencyKey) : from(role, original, request, idempotencyKey);
        return VideoOrder.of(prompt, asked(role, original.jobId(), request, idempotencyKey));
    }

    /** What a request says that makes a video from another one; that one itself stands there by its id. */
    PromptSubmitted asked(@Nullable Role role, JobId original, VideoRequest request, @Nullable String idempotencyKey) {
        ReferenceMedia reference = role == null
                ? null
                : new ReferenceMedia(
                        role, MediaSource.at("video:" + original), request.strength(), request.fit(), null);
        PromptSubmitted prompt = prompt(request, IdempotencyKey.jobId(idempotencyKey, 0), 0, reference);
        return prompt.withRemixOf(original)
                .withSettings(settings -> settings.seed(
                        request.wantsRandomSeed()
                                ? Long.valueOf(VideoRequest.RANDOM)
                                : prompt.settings().seed()));
    }

    /** The prompt that makes another video with the settings and the noise of one, but for what the request says. */
    PromptSubmitted remix(JobState original, VideoRequest request, @Nullable String idempotencyKey) {
        request.requireFieldsOf(Operation.REMIX);
        request.refuseWithoutMedia();
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
