package dev.galatea.bundles;

import java.util.List;
import java.util.Optional;

/**
 * The bundles that jobs for a worker can have.
 *
 * @param names of those that are here
 * @param pool the name of the pool that these are the bundles of, which stay loaded together; empty for a worker that
 *     takes what no pool has, one after the other
 */
public record ServedBundles(List<String> names, Optional<String> pool) {

    /** Copies the names. */
    public ServedBundles {
        names = List.copyOf(names);
    }

    /** All bundles that are here. */
    public static ServedBundles all(BundleRepository bundles) {
        return new ServedBundles(bundles.names(), Optional.empty());
    }

    /**
     * The bundle that is loaded when the worker starts, so that the first job need not wait for it: the default one or,
     * if a pool does not have it, the pool's first by name. Empty if there is none.
     */
    public Optional<String> first(BundleRepository bundles) {
        if (names.contains(bundles.defaultName())) {
            return Optional.of(bundles.defaultName());
        }
        return pool.isPresent() ? names.stream().sorted().findFirst() : Optional.empty();
    }
}
