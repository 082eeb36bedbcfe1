package dev.galatea.events;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.eclipse.microprofile.config.Config;

import dev.galatea.model.event.Pool;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.BundlePools;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;

/**
 * The pools that this process knows: those of the lists in its configuration, and those that its own workers serve.
 * Thread-safe.
 *
 * @see <a href="../../../../../../../../docs/decisions/0018-a-pool-serves-the-bundles-of-its-class.md">ADR 0018</a>
 */
@ApplicationScoped
public class Pools {

    private final BundlePools bundles;
    private final Map<Stage, Pool> ours = new LinkedHashMap<>();

    /** @throws IllegalArgumentException that names the key whose value is not valid */
    @Inject
    public Pools(PoolsConfig config, Config settings) {
        this(BundlePools.of(lists(config)), key -> settings.getOptionalValue(key, String.class)
                .filter(value -> !value.isBlank()));
    }

    Pools(BundlePools bundles, Function<String, Optional<String>> settings) {
        this.bundles = bundles;
        bundles.requireDistinctQueues(Pipeline.current());
        for (StageDefinition stage : Pipeline.current().stages()) {
            if (stage.isPooled()) {
                settings.apply(keyOf(stage)).ifPresent(name -> ours.put(stage.stage(), parse(stage, name)));
                requireListed(stage);
            }
        }
    }

    private static Map<String, List<String>> lists(PoolsConfig config) {
        Map<String, List<String>> lists = new LinkedHashMap<>();
        config.pools().forEach((name, pool) -> lists.put(name, pool.bundles()));
        return lists;
    }

    /** The key of the pool that a worker of a stage serves. */
    public static String keyOf(StageDefinition stage) {
        return "galatea." + stage.stage() + ".pool";
    }

    /** Reads the name of a worker's pool, or says which key is wrong. */
    public static Pool parse(StageDefinition stage, String name) {
        try {
            return new Pool(name.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(keyOf(stage) + ": " + e.getMessage(), e);
        }
    }

    /** The lists in this process's configuration; the default pool alone if it has none. */
    public BundlePools bundles() {
        return bundles;
    }

    /** The pool that this process's worker of a stage serves. */
    public Pool of(Stage stage) {
        return ours.getOrDefault(stage, Pool.DEFAULT);
    }

    /** All pools that this process knows, the default one first. */
    public List<Pool> all() {
        Set<Pool> all = new LinkedHashSet<>(bundles.all());
        all.addAll(ours.values());
        return List.copyOf(all);
    }

    /**
     * The bundles that jobs for this process's worker of a stage can have, as far as it knows: those of its pool if
     * there are lists, else all.
     */
    public List<String> servedBy(Stage stage, Collection<String> names) {
        Pool pool = of(stage);
        return names.stream()
                .filter(name -> !hasLists() || bundles.of(name).equals(pool))
                .toList();
    }

    /**
     * The pool whose bundles this process's worker of a stage keeps loaded; empty if it does not know which they are.
     */
    public Optional<String> listedFor(Stage stage) {
        Pool pool = of(stage);
        return hasLists() && !pool.isDefault() ? Optional.of(pool.name()) : Optional.empty();
    }

    private boolean hasLists() {
        return bundles.all().size() > 1;
    }

    private void requireListed(StageDefinition stage) {
        Pool pool = of(stage.stage());
        if (hasLists() && !bundles.all().contains(pool)) {
            throw new IllegalArgumentException(
                    keyOf(stage) + ": there is no pool '" + pool + "'; valid are " + bundles.all());
        }
    }
}
