package dev.galatea.model.event;

import java.util.Arrays;
import java.util.Optional;

/**
 * Every event type with its topic, its CloudEvents type and its record. The persisted names never change: a breaking
 * change is a new constant.
 */
public enum EventType {
    /** Public and untrusted: somebody wants a video. */
    PROMPT_SUBMITTED("video.prompt.submitted.v1", PromptSubmitted.class),
    /** Admission said yes; the request is complete and valid. */
    JOB_ACCEPTED("video.job.accepted.v1", JobAccepted.class),
    /** The prompts' embeddings are in the store; the reference media have yet to be encoded. */
    ENCODING_REQUESTED("video.encoding.requested.v1", EncodingRequested.class),
    /** Everything that conditions the denoiser is in the store: embeddings, and latents of the reference media if any. */
    PROMPT_CONDITIONED("video.prompt.conditioned.v1", PromptConditioned.class),
    /** The clean latents are in the store. */
    LATENTS_DENOISED("video.latents.denoised.v1", LatentsDenoised.class),
    /** The clip and its thumbnail are in the store. */
    CLIP_DECODED("video.clip.decoded.v1", ClipDecoded.class),
    /** What a stage is doing. */
    PROGRESS("video.progress.v1", Progress.class),
    /** What somebody asks of a job: cancel, delete. */
    COMMAND("video.command.v1", JobCommand.class),
    /** The state of a job, latest per key (compacted). */
    JOB_STATE("video.jobs.v1", JobState.class),
    /** Public: the one terminal event of a job. */
    VIDEO_FINISHED("video.finished.v1", VideoFinished.class),
    /** One attempt at telling an endpoint that a job ended. */
    WEBHOOK_ATTEMPTED("video.webhook.attempted.v1", WebhookAttempted.class);

    /** Where undecodable or hopeless records go: original bytes and headers, plus the reason; not an event type. */
    public static final String DEAD_LETTER_TOPIC = "video.dead-letter.v1";

    private static final String TYPE_PREFIX = "dev.galatea.";

    private final String topic;
    private final Class<? extends Event> record;

    EventType(String topic, Class<? extends Event> record) {
        this.topic = topic;
        this.record = record;
    }

    /** The Kafka topic, which is also the name of the JSON Schema file. */
    public String topic() {
        return topic;
    }

    /** The CloudEvents {@code type} attribute. */
    public String cloudEventsType() {
        return TYPE_PREFIX + topic;
    }

    /** Where the JSON Schema of the payload lies on the class path. */
    public String schemaResource() {
        return "schema/" + topic + ".json";
    }

    /** The record that carries the payload. */
    public Class<? extends Event> record() {
        return record;
    }

    /** The type of an event's record. */
    public static EventType of(Event event) {
        return Arrays.stream(values())
                .filter(type -> type.record == event.getClass())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no event type for " + event.getClass()));
    }

    /** The type with this CloudEvents {@code type} attribute. */
    public static Optional<EventType> ofCloudEventsType(String type) {
        return Arrays.stream(values())
                .filter(candidate -> candidate.cloudEventsType().equals(type))
                .findFirst();
    }
}
