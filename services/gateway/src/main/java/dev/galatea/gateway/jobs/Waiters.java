package dev.galatea.gateway.jobs;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;

/** Requests that wait until a job's state is what they need. Thread-safe. */
final class Waiters {

    private final ConcurrentHashMap<JobId, Queue<Waiter>> waiting = new ConcurrentHashMap<>();

    private record Waiter(Predicate<JobState> condition, CompletableFuture<JobState> result) {}

    /** Completes with the first state that meets the condition; whoever stops waiting cancels the future. */
    CompletableFuture<JobState> until(JobId jobId, Predicate<JobState> condition) {
        CompletableFuture<JobState> result = new CompletableFuture<>();
        Waiter waiter = new Waiter(condition, result);
        waiting.compute(jobId, (id, queue) -> {
            Queue<Waiter> all = queue == null ? new ConcurrentLinkedQueue<>() : queue;
            all.add(waiter);
            return all;
        });
        return result.whenComplete((state, failure) -> remove(jobId, waiter));
    }

    boolean anyFor(JobId jobId) {
        return waiting.containsKey(jobId);
    }

    void seen(JobState state) {
        Queue<Waiter> queue = waiting.get(state.jobId());
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
