package dev.galatea.gateway.jobs;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;

/** Requests that wait until a job's state is what they need; a job that is forgotten has none. Thread-safe. */
final class Waiters {

    private final ConcurrentHashMap<JobId, Queue<Waiter>> waiting = new ConcurrentHashMap<>();

    private record Waiter(Predicate<Optional<JobState>> condition, CompletableFuture<Optional<JobState>> result) {}

    /** Completes with the first state that meets the condition; whoever stops waiting cancels the future. */
    CompletableFuture<Optional<JobState>> until(JobId jobId, Predicate<Optional<JobState>> condition) {
        CompletableFuture<Optional<JobState>> result = new CompletableFuture<>();
        Waiter waiter = new Waiter(condition, result);
        waiting.compute(jobId, (id, queue) -> {
            Queue<Waiter> all = queue == null ? new ConcurrentLinkedQueue<>() : queue;
            all.add(waiter);
            return all;
        });
        // The future itself is handed out: cancelling a dependent one would leave the waiter behind.
        result.whenComplete((state, failure) -> remove(jobId, waiter));
        return result;
    }

    void seen(JobId jobId, Optional<JobState> state) {
        Queue<Waiter> queue = waiting.get(jobId);
        if (queue != null) {
            queue.stream().filter(waiter -> waiter.condition().test(state)).forEach(waiter -> waiter.result()
                    .complete(state));
        }
    }

    private void remove(JobId jobId, Waiter waiter) {
        waiting.computeIfPresent(jobId, (id, queue) -> {
            queue.remove(waiter);
            return queue.isEmpty() ? null : queue;
        });
    }
}
