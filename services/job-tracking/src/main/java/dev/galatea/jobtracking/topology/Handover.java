package dev.galatea.jobtracking.topology;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.RecordMetadata;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The position of a work queue's record, which goes with it to the partition of its job: a queue has one partition, or
 * any number that has nothing to do with the jobs', and states are kept by partition.
 */
record Handover(String topic, int partition, long offset) implements RecordMetadata {

    /** Set and taken here; a header of that name from outside is removed. */
    static final String ORIGIN = "galatea-handover-origin";

    private static final Pattern FORMAT = Pattern.compile("([^/]{1,249})/(\\d{1,9})/(\\d{1,18})");

    static void putOrigin(Headers headers, RecordMetadata from) {
        String origin = from.topic() + "/" + from.partition() + "/" + from.offset();
        headers.remove(ORIGIN).add(ORIGIN, origin.getBytes(UTF_8));
    }

    /** Removes what {@link #putOrigin} has put; empty if that is not there, so that the record is none of ours. */
    static Optional<RecordMetadata> takeOrigin(Headers headers) {
        Header header = headers.lastHeader(ORIGIN);
        headers.remove(ORIGIN);
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        Matcher origin = FORMAT.matcher(new String(header.value(), UTF_8));
        return origin.matches()
                ? Optional.of(new Handover(
                        origin.group(1), Integer.parseInt(origin.group(2)), Long.parseLong(origin.group(3))))
                : Optional.empty();
    }
}
