package dev.galatea.bundles;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;

/**
 * Bundles by name, each name once: jobs name their model by it, so that a second one must not take its place unsaid.
 * Not thread-safe.
 *
 * @param <P> where bundles are
 */
public final class NamedBundles<P> {

    private final SortedMap<String, Bundle> byName = new TreeMap<>();
    private final Map<String, P> places = new HashMap<>();

    /**
     * Adds a bundle.
     *
     * @throws BundleException there is one of the name, which stays
     */
    public void add(P place, Bundle bundle) throws BundleException {
        String name = bundle.manifest().name();
        P taken = places.putIfAbsent(name, place);
        if (taken != null) {
            throw new BundleException(
                    Code.ALREADY_THERE,
                    "name: is '" + name + "', as that of " + taken + ", which is used; valid is a name of its own");
        }
        byName.put(name, bundle);
    }

    /** The bundles that were added, sorted by name. */
    public Map<String, Bundle> byName() {
        return Collections.unmodifiableSortedMap(byName);
    }
}
