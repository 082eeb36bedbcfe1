package dev.galatea.onnx;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * The loaded models of bundles, within the memory of the process. Thread-safe.
 *
 * @param <K> what models are known by
 * @param <V> what holds the models of a bundle
 * @see LeasedCache
 */
public final class ModelLeases<K, V> implements AutoCloseable {

    private final LeasedCache<K, V> cache;
    private final Sizing sizing;

    ModelLeases(LeasedCache<K, V> cache, Sizing sizing) {
        this.cache = cache;
        this.sizing = sizing;
    }

    /** Says how much memory the models of a bundle take. */
    interface Sizing {

        ModelSize of(Bundle bundle) throws PoisonException, RetryableException;
    }

    /**
     * A lease on the models of a bundle, which are loaded if they are not there; the caller closes it.
     *
     * @throws PoisonException {@code bundle_too_large}, with the sum, if they can't fit
     */
    public LeasedCache.Lease<V> acquire(K key, Bundle bundle, LeasedCache.Loader<V> loader)
            throws PoisonException, RetryableException {
        return cache.acquire(key, sizing.of(bundle), loader);
    }

    /** Closes the models that nobody uses now, and all others at the end of their last lease. */
    @Override
    public void close() {
        cache.close();
    }
}
