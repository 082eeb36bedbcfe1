package dev.galatea.deadletters;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.DeadLetterHeaders;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A record on the dead-letter topic that nobody has settled yet. Immutable. */
public final class DeadLetter {

    private final Position position;
    private final Instant at;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final Map<String, byte[]> headers;

    /** @param headers the last one of each name */
    DeadLetter(
            Position position,
            Instant at,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Map<String, byte[]> headers) {
        this.position = position;
        this.at = at;
        this.key = key == null ? null : key.clone();
        this.value = value == null ? null : value.clone();
        this.headers = Map.copyOf(headers);
    }

    /** Its position on the dead-letter topic, written as {@code partition/offset}. */
    public record Position(int partition, long offset) {

        /** Reads {@code partition/offset}; anything else is an {@link IllegalArgumentException} that says so. */
        public static Position parse(String text) {
            String[] parts = text.split("/", -1);
            try {
                if (parts.length == 2) {
                    Position position = new Position(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
                    if (position.partition >= 0 && position.offset >= 0) {
                        return position;
                    }
                }
            } catch (NumberFormatException e) {
                throw invalid(text);
            }
            throw invalid(text);
        }

        private static IllegalArgumentException invalid(String text) {
            return new IllegalArgumentException(
                    "'" + text + "' is not the id of a dead letter; valid is for instance 2/17");
        }

        @Override
        public String toString() {
            return partition + "/" + offset;
        }
    }

    /** Its position, by which people name it. */
    public Position position() {
        return position;
    }

    /** The time at which it was put there. */
    public Instant at() {
        return at;
    }

    /** The record's key, as it came. */
    public byte @Nullable [] key() {
        return key == null ? null : key.clone();
    }

    /** The record's value, as it came, or its beginning if it {@link #isCut()}. */
    public byte @Nullable [] value() {
        return value == null ? null : value.clone();
    }

    /** The record's own headers and those of {@link DeadLetterHeaders}. */
    public Map<String, byte[]> headers() {
        return headers;
    }

    /** A header's text, or the empty string. */
    public String header(String name) {
        byte[] bytes = headers.get(name);
        return bytes == null ? "" : new String(bytes, UTF_8);
    }

    /**
     * Tells whether this is no letter but settles one: such a record has no value, and came from no topic. A header
     * alone says nothing, because the headers of letters are those of whoever wrote the record.
     */
    boolean isSettlement() {
        return value == null
                && headers.containsKey(DeadLetterHeaders.SETTLES)
                && headers.containsKey(DeadLetterHeaders.SETTLEMENT)
                && !headers.containsKey(DeadLetterHeaders.TOPIC);
    }

    /** Tells whether only the beginning of the original value was kept. */
    public boolean isCut() {
        return headers.containsKey(DeadLetterHeaders.CUT_FROM);
    }
}
