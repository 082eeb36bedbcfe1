package dev.galatea.model.event;

/**
 * Header names that are added to a record when it goes to {@link EventType#DEAD_LETTER_TOPIC}; key, value and its own
 * headers stay as they were. Values are UTF-8.
 */
public final class DeadLetterHeaders {

    /** Why, for programs: a failure's code, or the wire name of a {@link MalformedEventException.Reason}. */
    public static final String REASON = "galatea-dead-letter-reason";

    /** Why, for people; never contains a prompt. */
    public static final String MESSAGE = "galatea-dead-letter-message";

    /** The topic that the record was read from. */
    public static final String TOPIC = "galatea-dead-letter-topic";

    /** The partition that the record was read from. */
    public static final String PARTITION = "galatea-dead-letter-partition";

    /** The record's offset in that partition. */
    public static final String OFFSET = "galatea-dead-letter-offset";

    private DeadLetterHeaders() {}
}
