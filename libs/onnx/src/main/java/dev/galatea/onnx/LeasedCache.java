package dev.galatea.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * A cache of values that hold resources. Whoever uses a value has a lease on it; a value that is in use is neither
 * evicted nor closed. Of idle values, those used longest ago are closed first: when there are more than may be kept,
 * and when memory is wanted. Values are loaded and closed outside of any lock, one load per key at a time: who asks for
 * another key, or for one that is loaded, does not wait for it. Thread-safe.
 *
 * @param <K> what values are known by
 * @param <V> the values
 */
public final class LeasedCache<K, V> implements AutoCloseable {

    private final MemoryBudget budget;
    private final Consumer<V> closer;
    /** Guarded by the budget, as is what the entries hold. */
    private final Map<K, Entry> entries = new HashMap<>();

    private int idle;

    /**
     * A cache that closes values by {@code closer}.
     *
     * @param idle values that are kept while nobody uses them
     */
    public LeasedCache(int idle, Consumer<V> closer) {
        this(new MemoryBudget(Long.MAX_VALUE), idle, closer);
    }

    /** A cache whose values share a budget with those of others. */
    LeasedCache(MemoryBudget budget, int idle, Consumer<V> closer) {
        this.budget = budget;
        this.idle = idle;
        this.closer = closer;
        budget.add(this);
    }

    /** A lease on the value of a key, which is loaded if it is not there; the caller closes the lease. */
    public Lease<V> acquire(K key, Loader<V> loader) throws PoisonException, RetryableException {
        return acquire(key, ModelSize.NONE, loader);
    }

    /**
     * A lease on the value of a key, which is loaded if it is not there; the caller closes the lease.
     *
     * @param size the memory that the value takes
     */
    Lease<V> acquire(K key, ModelSize size, Loader<V> loader) throws PoisonException, RetryableException {
        while (true) {
            Entry entry;
            boolean mine;
            synchronized (budget) {
                mine = !entries.containsKey(key);
                entry = entries.computeIfAbsent(key, k -> new Entry(k, size));
                entry.users++;
            }
            if (mine) {
                return load(entry, loader);
            }
            if (entry.loaded.join()) {
                return new Lease<>(entry.value(), () -> release(entry));
            }
            // could not be loaded, which this caller shall see for itself
        }
    }

    /** Closes the values that nobody uses now, and all others at the end of their last lease. */
    @Override
    public void close() {
        List<Entry> surplus;
        synchronized (budget) {
            idle = 0;
            surplus = removeSurplus();
        }
        surplus.forEach(Entry::close);
    }

    private Lease<V> load(Entry entry, Loader<V> loader) throws PoisonException, RetryableException {
        boolean taken = false;
        boolean loaded = false;
        try {
            budget.take(entry.size);
            taken = true;
            entry.value = loader.load();
            loaded = true;
            return new Lease<>(entry.value(), () -> release(entry));
        } finally {
            if (!loaded) {
                forget(entry, taken);
            }
            entry.loaded.complete(loaded);
        }
    }

    private void forget(Entry entry, boolean taken) {
        synchronized (budget) {
            entries.remove(entry.key, entry);
        }
        if (taken) {
            budget.giveBack(entry.size.total());
        }
    }

    private void release(Entry entry) {
        List<Entry> surplus;
        synchronized (budget) {
            entry.users--;
            entry.idleSince = System.nanoTime();
            surplus = removeSurplus();
            budget.notifyAll();
        }
        surplus.forEach(Entry::close);
    }

    private List<Entry> removeSurplus() {
        List<Entry> surplus = new ArrayList<>();
        for (long count = idleEntries().count(); count > idle; count--) {
            oldest().ifPresent(entry -> surplus.add(remove(entry)));
        }
        return surplus;
    }

    /** When the value that is idle longest was used last; called with the budget's monitor. */
    OptionalLong oldestIdle() {
        return oldest().map(entry -> OptionalLong.of(entry.idleSince)).orElseGet(OptionalLong::empty);
    }

    /** Takes the value that is idle longest out of the cache; closing it is the result. With the budget's monitor. */
    Optional<Runnable> removeOldestIdle() {
        return oldest().map(this::remove).map(entry -> entry::close);
    }

    /** Takes what has been idle since then or longer out of the cache; closing it is the result. As above. */
    List<Runnable> removeIdleSince(long nanoTime) {
        List<Entry> old =
                idleEntries().filter(entry -> entry.idleSince - nanoTime <= 0).toList();
        old.forEach(this::remove);
        return old.stream().<Runnable>map(entry -> entry::close).toList();
    }

    private Optional<Entry> oldest() {
        long now = System.nanoTime();
        return idleEntries().max((a, b) -> Long.compare(now - a.idleSince, now - b.idleSince));
    }

    private Stream<Entry> idleEntries() {
        return entries.values().stream().filter(entry -> entry.users == 0);
    }

    private Entry remove(Entry entry) {
        entries.remove(entry.key, entry);
        return entry;
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

        private final V value;
        private final Runnable release;
        private boolean closed;

        private Lease(V value, Runnable release) {
            this.value = value;
            this.release = release;
        }

        /** The value; not to be used after {@link #close}. */
        public V value() {
            return value;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                release.run();
            }
        }
    }

    /** A value, or one that is being loaded, with the number of those who use it or wait for it. */
    private final class Entry {

        private final K key;
        private final ModelSize size;
        private final CompletableFuture<Boolean> loaded = new CompletableFuture<>();
        private @Nullable V value;
        private int users;
        private long idleSince;

        private Entry(K key, ModelSize size) {
            this.key = key;
            this.size = size;
        }

        private V value() {
            V loadedValue = value;
            if (loadedValue == null) {
                throw new IllegalStateException(key + " is not loaded");
            }
            return loadedValue;
        }

        private void close() {
            try {
                closer.accept(value());
            } finally {
                budget.giveBack(size.total());
            }
        }
    }
}
