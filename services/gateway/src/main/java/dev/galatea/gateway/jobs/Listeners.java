package dev.galatea.gateway.jobs;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.JobId;

/**
 * The listeners of one job and those of all jobs. Telling those of a job costs nothing for those of others, however
 * many there are. Thread-safe.
 *
 * @param <L> compared by identity
 */
final class Listeners<L> {

    private final Map<JobId, List<L>> ofJobs = new ConcurrentHashMap<>();
    private final List<L> ofAll = new CopyOnWriteArrayList<>();

    /** Adds a listener of one job, or of all if none is given. */
    void add(@Nullable JobId only, L listener) {
        if (only == null) {
            ofAll.add(listener);
            return;
        }
        ofJobs.compute(only, (id, known) -> {
            List<L> list = known == null ? new CopyOnWriteArrayList<>() : known;
            list.add(listener);
            return list;
        });
    }

    /** Removes what {@link #add} added. */
    void remove(@Nullable JobId only, L listener) {
        if (only == null) {
            ofAll.remove(listener);
            return;
        }
        ofJobs.computeIfPresent(only, (id, known) -> {
            known.remove(listener);
            return known.isEmpty() ? null : known;
        });
    }

    /** Tells the listeners of a job, and those of all. */
    void tell(JobId jobId, Consumer<L> message) {
        ofJobs.getOrDefault(jobId, List.of()).forEach(message);
        ofAll.forEach(message);
    }

    /** The number of listeners. */
    int count() {
        return ofAll.size() + ofJobs.values().stream().mapToInt(List::size).sum();
    }
}
