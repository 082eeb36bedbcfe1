package dev.galatea.onnx;

import java.util.List;

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
    private final List<String> roles;
    private final boolean counted;

    ModelLeases(LeasedCache<K, V> cache, List<String> roles, boolean counted) {
        this.cache = cache;
        this.roles = List.copyOf(roles);
        this.counted = counted;
    }

    /**
     * A lease on the models of a bundle, which are loaded if they are not there; the caller closes it.
     *
     * @throws PoisonException {@code bundle_too_large}, with the sum, if they can't fit
     */
    public LeasedCache.Lease<V> acquire(K key, Bundle bundle, LeasedCache.Loader<V> loader)
            throws PoisonException, RetryableException {
        return cache.acquire(key, counted ? ModelSize.of(bundle, roles) : ModelSize.NONE, loader);
    }

    /** Closes the models that nobody uses now, and all others at the end of their last lease. */
    @Override
    public void close() {
        cache.close();
    }
}
