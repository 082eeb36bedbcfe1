package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

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
 * ~gone/JOB-ID               → TIME of a job that was forgotten, whose id may be where a reader's last page ended
 * ~gone-at/TIME/JOB-ID       → nothing; here TIME is when it was forgotten
 * </pre>
 *
 * Otherwise TIME is when the job was submitted, in milliseconds as 16 hexadecimal digits. An update that was cut off is
 * made whole by doing it again, which is what Kafka Streams does after a crash.
 */
final class JobIndex {

    private static final byte[] NOTHING = {};
    private static final String ALL = "~all/";
    private static final String OF_JOB = "~job/";
    private static final String GONE = "~gone/";
    private static final String GONE_AT = "~gone-at/";

    /** The time for which readers of a list may pause between two pages. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private static final int MOST_AT_ONCE = 100;
    private static final Set<VideoStatus> DONE = Set.of(VideoStatus.COMPLETED, VideoStatus.FAILED);
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

    /** Says whether the state of a job is the last one that it will have. */
    static boolean isDone(ReadOnlyKeyValueStore<String, byte[]> store, JobId job) {
        byte[] entry = store.get(OF_JOB + job);
        return entry != null && DONE.stream().anyMatch(phase -> text(entry).startsWith(phase.wireName() + "/"));
    }

    /**
     * Removes a state and its entries, and keeps its place for a while.
     *
     * @param submittedAt if it is known from elsewhere; a new replica may not have seen the state at all
     */
    static void remove(KeyValueStore<String, byte[]> store, String id, Optional<Instant> submittedAt, Instant now) {
        byte[] old = store.get(OF_JOB + id);
        Optional<String> place = submittedAt.map(time -> time(time.toEpochMilli()));
        if (old != null) {
            removeEntries(store, id, text(old));
            store.delete(OF_JOB + id);
            place = Optional.of(timeOf(old));
        }
        store.delete(id);
        forgetPlaces(store, now.minus(REMEMBERED));
        if (place.isPresent()) {
            store.put(GONE + id, place.get().getBytes(US_ASCII));
            store.put(GONE_AT + time(now.toEpochMilli()) + "/" + id, NOTHING);
        }
    }

    /** Some of them at a time, and more than are added. */
    private static void forgetPlaces(KeyValueStore<String, byte[]> store, Instant before) {
        List<String> overdue = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> keys = store.range(GONE_AT, GONE_AT + time(before.toEpochMilli()))) {
            while (keys.hasNext() && overdue.size() < MOST_AT_ONCE) {
                overdue.add(keys.next().key);
            }
        }
        for (String key : overdue) {
            store.delete(key);
            store.delete(GONE + key.substring(key.lastIndexOf('/') + 1));
        }
    }

    /**
     * A page of job ids, and one more if there is one.
     *
     * @param phase absent for all
     * @throws NoSuchElementException if nobody knows where {@code after} stood
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
     * The position of a job, also of one that was forgotten since the last page. One of which nothing is known any more
     * stood about where the time in its id says, if there is one in it.
     */
    private static String position(ReadOnlyKeyValueStore<String, byte[]> store, JobId job) {
        String time = Optional.ofNullable(store.get(OF_JOB + job))
                .map(JobIndex::timeOf)
                .or(() -> Optional.ofNullable(store.get(GONE + job)).map(JobIndex::text))
                .or(() -> timeIn(job))
                .orElseThrow(() -> new NoSuchElementException("no place of " + job));
        return time + "/" + job;
    }

    private static Optional<String> timeIn(JobId job) {
        Instant time = job.timestampOr(Instant.EPOCH);
        return time.equals(Instant.EPOCH) ? Optional.empty() : Optional.of(time(time.toEpochMilli()));
    }

    private static String timeOf(byte[] entry) {
        return text(entry).substring(text(entry).indexOf('/') + 1);
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
