package dev.galatea.model.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An event type with its topic, its CloudEvents type, its record and how long its topic keeps events. The persisted
 * names never change: a breaking change is a new type. An open set: stages that are added bring theirs.
 */
public final class EventType {

    /** The longest payload of events that every process reads and keeps: some times that of any of ours. */
    private static final int SHORT_PAYLOAD_BYTES = 32 * 1024;

    /** A request for a video; public and untrusted. */
    public static final EventType PROMPT_SUBMITTED =
            new EventType("video.prompt.submitted.v1", PromptSubmitted.class, Retention.WEEK);

    /** A request that admission accepted; it is complete and valid. */
    public static final EventType JOB_ACCEPTED =
            new EventType("video.job.accepted.v1", JobAccepted.class, Retention.WEEK);

    /** The prompts' embeddings are in the store; the reference media have yet to be encoded. */
    public static final EventType ENCODING_REQUESTED =
            new EventType("video.encoding.requested.v1", EncodingRequested.class, Retention.WEEK);

    /** The denoiser's conditioning is in the store: embeddings, and latents of the reference media if any. */
    public static final EventType PROMPT_CONDITIONED =
            new EventType("video.prompt.conditioned.v1", PromptConditioned.class, Retention.WEEK);

    /** The clean latents are in the store. */
    public static final EventType LATENTS_DENOISED =
            new EventType("video.latents.denoised.v1", LatentsDenoised.class, Retention.WEEK);

    /** The clip is in the store as it was decoded; frames have yet to be added or drawn larger. */
    public static final EventType FINISHING_REQUESTED =
            new EventType("video.finishing.requested.v1", FinishingRequested.class, Retention.WEEK);

    /** The clip and its thumbnail are in the store. */
    public static final EventType CLIP_DECODED =
            new EventType("video.clip.decoded.v1", ClipDecoded.class, Retention.WEEK);

    /** A stage's report of its progress with a job. */
    public static final EventType PROGRESS =
            new EventType("video.progress.v1", Progress.class, Retention.DAY, SHORT_PAYLOAD_BYTES);

    /** A client's command to a job: cancel or delete. */
    public static final EventType COMMAND =
            new EventType("video.command.v1", JobCommand.class, Retention.DAY, SHORT_PAYLOAD_BYTES);

    /** The state of a job, latest per key. */
    public static final EventType JOB_STATE = new EventType("video.jobs.v1", JobState.class, Retention.LATEST_PER_JOB);

    /** The one terminal event of a job; public. */
    public static final EventType VIDEO_FINISHED =
            new EventType("video.finished.v1", VideoFinished.class, Retention.WEEK);

    /** One attempt to notify an endpoint of a job's end. */
    public static final EventType WEBHOOK_ATTEMPTED =
            new EventType("video.webhook.attempted.v1", WebhookAttempted.class, Retention.WEEK);

    /**
     * The topic of undecodable and hopeless records, with original bytes and headers, plus the reason; not an event
     * type.
     */
    public static final String DEAD_LETTER_TOPIC = "video.dead-letter.v1";

    private static final List<EventType> BUILT_IN = List.of(
            PROMPT_SUBMITTED,
            JOB_ACCEPTED,
            ENCODING_REQUESTED,
            PROMPT_CONDITIONED,
            LATENTS_DENOISED,
            FINISHING_REQUESTED,
            CLIP_DECODED,
            PROGRESS,
            COMMAND,
            JOB_STATE,
            VIDEO_FINISHED,
            WEBHOOK_ATTEMPTED);

    private static final String TYPE_PREFIX = "dev.galatea.";
    private static final Pattern TOPIC = Pattern.compile("video(\\.[a-z][a-z0-9-]*)+\\.v[1-9][0-9]*");

    private final String topic;
    private final Class<? extends Event> record;
    private final Retention retention;
    private final int maxPayloadBytes;

    private EventType(String topic, Class<? extends Event> record, Retention retention) {
        this(topic, record, retention, EventCodec.MAX_PAYLOAD_BYTES);
    }

    private EventType(String topic, Class<? extends Event> record, Retention retention, int maxPayloadBytes) {
        this.topic = topic;
        this.record = record;
        this.retention = retention;
        this.maxPayloadBytes = maxPayloadBytes;
    }

    /** The time that a topic keeps its events. */
    public enum Retention {
        /** A week: the longest wait of a job, and time for diagnosis. */
        WEEK(Duration.ofDays(7)),
        /** A day, for events that are of no use afterwards. */
        DAY(Duration.ofDays(1)),
        /** The newest event of each job, for ever (compaction). */
        LATEST_PER_JOB(null);

        private final @Nullable Duration time;

        Retention(@Nullable Duration time) {
            this.time = time;
        }

        /** The time that events are kept; empty if the newest of each job stays. */
        public Optional<Duration> time() {
            return Optional.ofNullable(time);
        }
    }

    /**
     * Declares the type of an event that a stage takes or gives.
     *
     * @param topic such as {@code video.upscaling.requested.v1}
     */
    public static EventType ofStage(String topic, Class<? extends StageEvent> record) {
        if (!TOPIC.matcher(topic).matches()) {
            throw new IllegalArgumentException("topic: '" + topic
                    + "' is not the name of an event type; valid is video.<words>.v<number>,"
                    + " such as video.upscaling.requested.v1");
        }
        return new EventType(topic, record, Retention.WEEK);
    }

    /** All types: the built-in ones, then those of stages that were added. */
    public static List<EventType> values() {
        return Registry.ALL;
    }

    /** The Kafka topic, which is also the name of the JSON Schema file. */
    public String topic() {
        return topic;
    }

    /** The CloudEvents {@code type} attribute. */
    public String cloudEventsType() {
        return TYPE_PREFIX + topic;
    }

    /** Returns the class-path name of the payload's JSON Schema. */
    public String schemaResource() {
        return "schema/" + topic + ".json";
    }

    /** The record that carries the payload. */
    public Class<? extends Event> record() {
        return record;
    }

    /** Returns the time that the topic keeps events. */
    public Retention retention() {
        return retention;
    }

    /** Returns the length of the longest payload that is read; longer ones are refused before they are parsed. */
    public int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /** The type of an event's record. */
    public static EventType of(Event event) {
        return of(event.getClass());
    }

    /** The type of a record. */
    public static EventType of(Class<? extends Event> record) {
        EventType type = Registry.BY_RECORD.get(record);
        if (type == null) {
            throw new IllegalStateException("no event type for " + record);
        }
        return type;
    }

    /** Returns the length of the longest payload that is read as a record of this class. */
    static int maxPayloadBytesOf(Class<? extends Event> record) {
        EventType type = Registry.BY_RECORD.get(record);
        return type == null ? EventCodec.MAX_PAYLOAD_BYTES : type.maxPayloadBytes;
    }

    /** The type with this CloudEvents {@code type} attribute. */
    public static Optional<EventType> ofCloudEventsType(String type) {
        return type.startsWith(TYPE_PREFIX) ? ofTopic(type.substring(TYPE_PREFIX.length())) : Optional.empty();
    }

    /** The type that a topic carries. */
    public static Optional<EventType> ofTopic(String topic) {
        return Optional.ofNullable(Registry.BY_TOPIC.get(topic));
    }

    @Override
    public String toString() {
        return topic;
    }

    /** The lookup tables; filled on first use, because added stages refer to the built-in types themselves. */
    private static final class Registry {

        static final List<EventType> ALL = all();
        static final Map<String, EventType> BY_TOPIC = new LinkedHashMap<>();
        static final Map<Class<? extends Event>, EventType> BY_RECORD = new LinkedHashMap<>();

        static {
            for (EventType type : ALL) {
                if (BY_TOPIC.put(type.topic, type) != null || BY_RECORD.put(type.record, type) != null) {
                    throw new IllegalStateException("event type " + type + ", record " + type.record.getName()
                            + ": is declared twice; valid are a topic and a record of its own");
                }
            }
        }

        private Registry() {}

        private static List<EventType> all() {
            List<EventType> types = new ArrayList<>(BUILT_IN);
            for (EventTypeProvider provider :
                    ServiceLoader.load(EventTypeProvider.class, EventTypeProvider.class.getClassLoader())) {
                for (EventType type : provider.eventTypes()) {
                    if (!types.contains(type)) {
                        types.add(type);
                    }
                }
            }
            return List.copyOf(types);
        }
    }
}
