package dev.galatea.gateway.jobs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The order in which jobs are listed, kept in the same store as their states, so that a page costs as much as it is
 * long:
 *
 * <pre>
 * JOB-ID                     → the state's JSON
 * ~all/TIME/JOB-ID           → nothing
 * ~PHASE/TIME/JOB-ID         → nothing
 * ~job/JOB-ID                → PHASE/TIME, to find the two entries above again
 * </pre>
 *
 * TIME is when the job was submitted, in milliseconds as 16 hexadecimal digits. An update that was cut off is made
 * whole by doing it again, which is what Kafka Streams does after a crash.
 */
final class JobIndex {

    private static final byte[] NOTHING = {};
    private static final String ALL = "~all/";
    private static final String OF_JOB = "~job/";
    /** A character above all those of the keys. */
    private static final char END = '\u007f';

    private JobIndex() {}

    /** Stores a state and puts it where it belongs. */
    static void put(KeyValueStore<String, byte[]> store, JobState state, byte[] json) {
        String id = state.jobId().toString();
        String time = time(state.submittedAt().toEpochMilli());
        String entry = VideoStatus.of(state.status()).wireName() + "/" + time;
        byte[] old = store.get(OF_JOB + id);
        if (old != null && !entry.equals(text(old))) {
            removeEntries(store, id, text(old));
        }
        store.put(ALL + time + "/" + id, NOTHING);
        store.put("~" + entry + "/" + id, NOTHING);
        store.put(OF_JOB + id, entry.getBytes(US_ASCII));
        store.put(id, json);
    }

    /** Removes a state and its entries. */
    static void remove(KeyValueStore<String, byte[]> store, String id) {
        byte[] old = store.get(OF_JOB + id);
        if (old != null) {
            removeEntries(store, id, text(old));
            store.delete(OF_JOB + id);
        }
        store.delete(id);
    }

    /**
     * A page of job ids, and one more if there is one.
     *
     * @param phase absent for all
     */
    static List<String> ids(
            ReadOnlyKeyValueStore<String, byte[]> store,
            @Nullable VideoStatus phase,
            @Nullable JobId after,
            Page page) {
        String prefix = phase == null ? ALL : "~" + phase.wireName() + "/";
        String from = prefix;
        String to = prefix + END;
        if (after != null) {
            String position = prefix + position(store, after);
            from = page.newestFirst() ? prefix : position;
            to = page.newestFirst() ? position : to;
        }
        List<String> ids = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> keys =
                page.newestFirst() ? store.reverseRange(from, to) : store.range(from, to)) {
            while (keys.hasNext() && ids.size() <= page.limit()) {
                String key = keys.next().key;
                String id = key.substring(key.lastIndexOf('/') + 1);
                if (after == null || !id.equals(after.toString())) {
                    ids.add(id);
                }
            }
        }
        return ids;
    }

    /** The length of a page, and the end that it begins at. */
    record Page(int limit, boolean newestFirst) {}

    /**
     * The position of a job. A job that was deleted since the last page stood about where the time in its id says; ids
     * without a time stand at the end.
     */
    private static String position(ReadOnlyKeyValueStore<String, byte[]> store, JobId job) {
        Function<byte[], String> timeOf =
                entry -> text(entry).substring(text(entry).indexOf('/') + 1);
        String time = Optional.ofNullable(store.get(OF_JOB + job))
                .map(timeOf)
                .orElseGet(() -> time(job.timestampOr(Instant.EPOCH).toEpochMilli()));
        return time + "/" + job;
    }

    private static void removeEntries(KeyValueStore<String, byte[]> store, String id, String entry) {
        store.delete("~" + entry + "/" + id);
        store.delete(ALL + entry.substring(entry.indexOf('/') + 1) + "/" + id);
    }

    private static String time(long millis) {
        return "%016x".formatted(Math.max(0, millis));
    }

    private static String text(byte[] ascii) {
        return new String(ascii, US_ASCII);
    }
}
