package dev.galatea.jobtracking.backlog;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.RecordTimes;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.StageEvent;

/**
 * The work queued in one partition of a stage's input: each record is read once, and kept until the group is done with
 * it. Bounded; records beyond the bound are assumed to be like the known ones. Not thread-safe.
 */
final class QueuedWork {

    private static final int CAPACITY = 5_000;

    /** A worker must come for what can't be read, too: to put it to the dead letters. */
    private static final double UNREADABLE_SECONDS = 1;

    private final StageQueue queue;
    private final TreeMap<Long, Waiting> known = new TreeMap<>();
    private long next;

    /** @param model null for a record that is no event */
    private record Waiting(long timestamp, @Nullable String model, double units) {}

    QueuedWork(StageQueue queue) {
        this.queue = queue;
    }

    /** Drops what the group is done with; returns the offset to go on reading at. */
    long startingAt(long start) {
        known.headMap(start).clear();
        if (next < start) {
            next = start;
        }
        return next;
    }

    boolean isFull() {
        return known.size() >= CAPACITY;
    }

    void add(ConsumerRecord<byte[], byte[]> record) {
        long writtenAt = RecordTimes.believable(record.timestamp(), System.currentTimeMillis());
        known.put(record.offset(), read(record, writtenAt));
        next = record.offset() + 1;
    }

    /** Notes that all records before {@code position} were read; gaps are markers of transactions. */
    void seenUpTo(long position) {
        next = Math.max(next, position);
    }

    int size() {
        return known.size();
    }

    /**
     * @param jobs number of jobs that the group has not finished; some of those that are known may be done, out of
     *     order
     */
    Backlog backlog(long jobs, WorkEstimate estimate) {
        if (jobs <= 0) {
            return Backlog.NONE;
        }
        if (known.isEmpty()) {
            return new Backlog(jobs, jobs * UNREADABLE_SECONDS, null);
        }
        double seconds = 0;
        for (Waiting waiting : known.values()) {
            seconds += waiting.model == null
                    ? UNREADABLE_SECONDS
                    : estimate.seconds(queue.definition().stage(), waiting.model, waiting.units);
        }
        Instant oldest = Instant.ofEpochMilli(known.firstEntry().getValue().timestamp);
        return new Backlog(jobs, seconds / known.size() * jobs, oldest);
    }

    private Waiting read(ConsumerRecord<byte[], byte[]> record, long writtenAt) {
        try {
            Class<? extends StageEvent> type =
                    queue.definition().input().record().asSubclass(StageEvent.class);
            JobSpec spec = EventCodec.read(type, record.key(), record.value(), headers(record))
                    .spec();
            return new Waiting(writtenAt, spec.model(), queue.definition().workUnits(spec));
        } catch (MalformedEventException e) {
            return new Waiting(writtenAt, null, 0);
        }
    }

    private static Map<String, byte[]> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, byte[]> headers = new TreeMap<>();
        record.headers().forEach(header -> headers.put(header.key(), header.value()));
        return headers;
    }
}
