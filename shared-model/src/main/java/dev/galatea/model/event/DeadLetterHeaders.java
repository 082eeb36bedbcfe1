package dev.galatea.model.event;

import java.util.LinkedHashMap;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The headers that are added to a record when it goes to {@link EventType#DEAD_LETTER_TOPIC}; key, value and its own
 * headers stay as they were, but for those that begin like these. Values are UTF-8. Where SmallRye's dead-letter queues
 * write a header of the same meaning, the name is the same.
 */
public final class DeadLetterHeaders {

    /** Begins the names of all of them. */
    public static final String PREFIX = "dead-letter-";

    /** The reason in words, for people; never contains a prompt. */
    public static final String REASON = "dead-letter-reason";

    /**
     * The reason as a code, for programs: a failure's code, or the wire name of a
     * {@link MalformedEventException.Reason}.
     */
    public static final String CODE = "dead-letter-code";

    /** The kind of failure, which says how to treat it: the wire name of a {@link FailureCause}. */
    public static final String CAUSE = "dead-letter-cause";

    /** The topic that the record was read from. */
    public static final String TOPIC = "dead-letter-topic";

    /** The partition that the record was read from. */
    public static final String PARTITION = "dead-letter-partition";

    /** The record's offset in that partition. */
    public static final String OFFSET = "dead-letter-offset";

    /** The service that gave the record up. */
    public static final String SERVICE = "dead-letter-service";

    /** Length of the original value in bytes, if it was too long for the topic and only its beginning is here. */
    public static final String CUT_FROM = "dead-letter-cut-from";

    /**
     * On a record without a value that settles a dead letter: which one, as {@code partition/offset} in the dead-letter
     * topic.
     */
    public static final String SETTLES = "dead-letter-settles";

    /** On the same record: {@code replayed} or {@code discarded}. */
    public static final String SETTLEMENT = "dead-letter-settlement";

    private DeadLetterHeaders() {}

    /** The headers of one record; a record that is dead-lettered again gets them anew. */
    public static Map<String, byte[]> of(String topic, int partition, long offset, Failure failure, String service) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(REASON, failure.message().getBytes(UTF_8));
        headers.put(CODE, failure.code().getBytes(UTF_8));
        headers.put(CAUSE, failure.cause().wireName().getBytes(UTF_8));
        headers.put(TOPIC, topic.getBytes(UTF_8));
        headers.put(PARTITION, Integer.toString(partition).getBytes(UTF_8));
        headers.put(OFFSET, Long.toString(offset).getBytes(UTF_8));
        headers.put(SERVICE, service.getBytes(UTF_8));
        return headers;
    }
}
