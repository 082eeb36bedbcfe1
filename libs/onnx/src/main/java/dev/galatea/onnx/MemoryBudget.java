package dev.galatea.onnx;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * The bytes that models may take, shared by caches. Who wants more than is free has idle values closed for it, of all
 * caches the ones that were used longest ago, and waits for as long as all are in use. Thread-safe; its monitor guards
 * the entries of all of its caches.
 */
final class MemoryBudget {

    private final long limit;
    private final List<LeasedCache<?, ?>> caches = new ArrayList<>();
    private long taken;

    MemoryBudget(long limit) {
        this.limit = limit;
    }

    synchronized void add(LeasedCache<?, ?> cache) {
        caches.add(cache);
    }

    /** Refuses what is larger than the whole budget. */
    void requireRoom(ModelSize size) throws PoisonException {
        if (size.total() > limit) {
            throw new PoisonException(
                    "bundle_too_large",
                    size + "; galatea.onnx.memory-budget is " + ModelSize.mebibytes(limit)
                            + ": give the worker more memory, or take the bundle away");
        }
    }

    /** Refuses the bundles of a pool if they are larger than the whole budget together. */
    void requireRoomForAll(String pool, List<ModelSize> sizes) throws PoisonException {
        long sum = sizes.stream().mapToLong(ModelSize::total).sum();
        if (sum > limit) {
            throw new PoisonException(
                    "pool_too_large",
                    "pool '" + pool + "' needs " + ModelSize.mebibytes(sum) + ": "
                            + sizes.stream().map(ModelSize::toString).collect(Collectors.joining(", "))
                            + "; galatea.onnx.memory-budget is " + ModelSize.mebibytes(limit)
                            + ": give the pool's workers more memory, or divide its bundles among more pools");
        }
    }

    /** Takes bytes, once they are free. */
    void take(ModelSize size) throws PoisonException, RetryableException {
        requireRoom(size);
        try {
            while (!tookOrWaited(size.total())) {
                removeOldestIdle().ifPresent(Runnable::run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetryableException("interrupted", size + ": interrupted while waiting for memory", e);
        }
    }

    synchronized void giveBack(long bytes) {
        taken -= bytes;
        notifyAll();
    }

    /** Closes what has been idle since then or longer. */
    void closeIdleSince(long nanoTime) {
        List<Runnable> victims = new ArrayList<>();
        synchronized (this) {
            caches.forEach(cache -> victims.addAll(cache.removeIdleSince(nanoTime)));
        }
        victims.forEach(Runnable::run);
    }

    /** True if the bytes are taken; false if something idle can be closed for them. */
    private synchronized boolean tookOrWaited(long bytes) throws InterruptedException {
        while (bytes > limit - taken) {
            if (caches.stream().anyMatch(cache -> cache.oldestIdle().isPresent())) {
                return false;
            }
            wait();
        }
        taken += bytes;
        return true;
    }

    /** What closes the value that is idle longest, taken out of its cache. */
    private synchronized Optional<Runnable> removeOldestIdle() {
        long now = System.nanoTime();
        return caches.stream()
                .filter(cache -> cache.oldestIdle().isPresent())
                .max(Comparator.comparingLong(cache -> now - cache.oldestIdle().getAsLong()))
                .flatMap(LeasedCache::removeOldestIdle);
    }
}
