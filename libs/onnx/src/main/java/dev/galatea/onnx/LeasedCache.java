package dev.galatea.onnx;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * A cache of values that hold resources. Whoever uses a value has a lease on it; a value that is in use is neither
 * evicted nor closed. Values are loaded outside of any lock, one load per key at a time: who asks for another key, or
 * for one that is loaded, does not wait for it. Thread-safe.
 *
 * @param <K> what values are known by
 * @param <V> the values
 */
public final class LeasedCache<K, V> implements AutoCloseable {

    private final AsyncCache<K, Counted<V>> cache;
    private final Consumer<V> closer;

    /**
     * A cache that closes values by {@code closer}.
     *
     * @param idle values that are kept while nobody uses them
     */
    public LeasedCache(int idle, Consumer<V> closer) {
        this.closer = closer;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(idle)
                .weigher((K key, Counted<V> value) -> value.isInUse() ? 0 : 1)
                .removalListener((key, value, cause) -> {
                    if (value != null) {
                        value.retire();
                    }
                })
                .executor(Runnable::run)
                .buildAsync();
    }

    /** A lease on the value of a key, which is loaded if it is not there; the caller closes the lease. */
    public Lease<V> acquire(K key, Loader<V> loader) throws PoisonException, RetryableException {
        while (true) {
            CompletableFuture<Counted<V>> mine = new CompletableFuture<>();
            CompletableFuture<Counted<V>> known = cache.asMap().putIfAbsent(key, mine);
            if (known == null) {
                return load(key, mine, loader);
            }
            Counted<V> value = known.join();
            if (value == null) {
                continue; // could not be loaded, which this caller shall see for itself
            }
            if (value.use()) {
                return lease(key, known, value);
            }
            cache.asMap().remove(key, known); // evicted since it was found
        }
    }

    /** Closes the values that nobody uses now, and all others at the end of their last lease. */
    @Override
    public void close() {
        cache.synchronous().invalidateAll();
    }

    private Lease<V> load(K key, CompletableFuture<Counted<V>> mine, Loader<V> loader)
            throws PoisonException, RetryableException {
        Counted<V> value = null;
        try {
            value = new Counted<>(loader.load(), closer);
        } finally {
            mine.complete(value); // null takes the entry out of the cache
        }
        return lease(key, mine, value);
    }

    private Lease<V> lease(K key, CompletableFuture<Counted<V>> entry, Counted<V> value) {
        weigh(key, entry);
        return new Lease<>(value, () -> weigh(key, entry));
    }

    /** Has Caffeine ask anew whether the value is in use, and evict what is idle and too much. */
    private void weigh(K key, CompletableFuture<Counted<V>> entry) {
        cache.asMap().replace(key, entry, entry);
    }

    /**
     * Loads a value.
     *
     * @param <V> its type
     */
    @FunctionalInterface
    public interface Loader<V> {

        /** The value, in use from the start. */
        V load() throws PoisonException, RetryableException;
    }

    /**
     * The right to use a value until it is closed; closing twice does nothing more. Not thread-safe.
     *
     * @param <V> its type
     */
    public static final class Lease<V> implements AutoCloseable {

        private final Counted<V> counted;
        private final Runnable afterRelease;
        private boolean closed;

        private Lease(Counted<V> counted, Runnable afterRelease) {
            this.counted = counted;
            this.afterRelease = afterRelease;
        }

        /** The value; not to be used after {@link #close}. */
        public V value() {
            return counted.value;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                counted.release();
                afterRelease.run();
            }
        }
    }

    /** A value with the number of its users: one from the start, who had it loaded. */
    private static final class Counted<V> {

        private final V value;
        private final Consumer<V> closer;
        private int users = 1;
        private boolean retired;

        private Counted(V value, Consumer<V> closer) {
            this.value = value;
            this.closer = closer;
        }

        private synchronized boolean isInUse() {
            return users > 0;
        }

        /** Adds a user, unless the value has left the cache. */
        private synchronized boolean use() {
            if (!retired) {
                users++;
            }
            return !retired;
        }

        private synchronized void release() {
            users--;
            closeIfDone();
        }

        private synchronized void retire() {
            retired = true;
            closeIfDone();
        }

        private void closeIfDone() {
            if (retired && users == 0) {
                closer.accept(value);
            }
        }
    }
}
