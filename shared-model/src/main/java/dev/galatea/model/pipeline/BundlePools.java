package dev.galatea.model.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

import dev.galatea.model.event.Pool;

/**
 * The pools of a deployment, and the bundles of each. A bundle that no list has is of the {@link Pool#DEFAULT default}
 * pool. Checked when it is made: no bundle can be in two pools, and no two queues have the same name. Immutable.
 *
 * @see <a href="../../../../../../../../../docs/decisions/0018-a-pool-serves-the-bundles-of-its-class.md">ADR 0018</a>
 */
public final class BundlePools {

    /** A deployment without pools: the default one serves all bundles. */
    public static final BundlePools NONE = new BundlePools(Map.of());

    /** Begins the configuration keys of pools. */
    public static final String PREFIX = "galatea.pools.";

    /** Ends the configuration keys of pools. */
    public static final String BUNDLES = ".bundles";

    private static final String ANY_REST = "*";
    private static final Pattern BUNDLE_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final Pattern BUNDLE_NAMES = Pattern.compile("([a-z0-9][a-z0-9._-]{0,63})?\\*");

    private final Map<Pool, List<Selector>> lists;

    private BundlePools(Map<Pool, List<Selector>> lists) {
        this.lists = lists;
    }

    /** The name of a bundle, or the beginning of names. */
    private record Selector(String text, boolean prefix) {

        static Selector parse(Pool pool, String written) {
            String text = written.strip();
            boolean prefix = text.endsWith(ANY_REST);
            if (!(prefix ? BUNDLE_NAMES : BUNDLE_NAME).matcher(text).matches()) {
                throw new IllegalArgumentException(key(pool) + ": '" + text + "' is not the name of a bundle; valid are"
                        + " names such as pebble, and beginnings of names such as wan22-*");
            }
            return new Selector(prefix ? text.substring(0, text.length() - 1) : text, prefix);
        }

        boolean selects(String bundle) {
            return prefix ? bundle.startsWith(text) : bundle.equals(text);
        }

        /** Says whether there can be a bundle that both select. */
        boolean meets(Selector other) {
            return (prefix && other.prefix)
                    ? text.startsWith(other.text) || other.text.startsWith(text)
                    : prefix ? selects(other.text) : other.selects(text);
        }

        @Override
        public String toString() {
            return prefix ? text + ANY_REST : text;
        }
    }

    /**
     * Reads the lists.
     *
     * @param bundles by the pool's name, the bundles' names and beginnings of names
     * @throws IllegalArgumentException that names the key, what is wrong, and what is valid
     */
    public static BundlePools of(Map<String, ? extends Collection<String>> bundles) {
        Map<Pool, List<Selector>> lists = new LinkedHashMap<>();
        new TreeMap<>(bundles).forEach((name, written) -> lists.put(pool(name), selectors(pool(name), written)));
        requireApart(lists);
        return new BundlePools(lists);
    }

    private static Pool pool(String name) {
        Pool pool;
        try {
            pool = new Pool(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(PREFIX + name + BUNDLES + ": " + e.getMessage(), e);
        }
        if (pool.isDefault()) {
            throw new IllegalArgumentException(key(pool) + ": the pool 'default' has the bundles that no other pool"
                    + " has; valid is any other name");
        }
        return pool;
    }

    private static List<Selector> selectors(Pool pool, Collection<String> written) {
        List<Selector> selectors = new ArrayList<>();
        for (String text : written) {
            selectors.add(Selector.parse(pool, text));
        }
        if (selectors.isEmpty()) {
            throw new IllegalArgumentException(key(pool)
                    + ": names no bundle; valid are names of bundles, with * for any rest, separated by commas");
        }
        return List.copyOf(selectors);
    }

    private static void requireApart(Map<Pool, List<Selector>> lists) {
        List<Pool> pools = List.copyOf(lists.keySet());
        for (Pool pool : pools) {
            for (Pool later : pools.subList(pools.indexOf(pool) + 1, pools.size())) {
                requireApart(pool, lists.getOrDefault(pool, List.of()), later, lists.getOrDefault(later, List.of()));
            }
        }
    }

    private static void requireApart(Pool pool, List<Selector> selectors, Pool later, List<Selector> laterSelectors) {
        for (Selector one : selectors) {
            for (Selector other : laterSelectors) {
                if (one.meets(other)) {
                    throw new IllegalArgumentException(key(later) + ": '" + other + "' and '" + one + "' of "
                            + key(pool) + " name the same bundles; valid is one pool for each bundle");
                }
            }
        }
    }

    private static String key(Pool pool) {
        return PREFIX + pool + BUNDLES;
    }

    /** The pool that serves a bundle. */
    public Pool of(String bundle) {
        for (Map.Entry<Pool, List<Selector>> list : lists.entrySet()) {
            if (list.getValue().stream().anyMatch(selector -> selector.selects(bundle))) {
                return list.getKey();
            }
        }
        return Pool.DEFAULT;
    }

    /** All pools: the default one, then the others by name. */
    public List<Pool> all() {
        List<Pool> all = new ArrayList<>(List.of(Pool.DEFAULT));
        all.addAll(lists.keySet());
        return List.copyOf(all);
    }

    /**
     * Refuses a name in a list that is no bundle's; beginnings of names may be for bundles that are yet to come.
     *
     * @param bundles the names of those that there are
     */
    public void requireBundles(Collection<String> bundles) {
        lists.forEach((pool, selectors) -> selectors.forEach(selector -> {
            if (!selector.prefix() && !bundles.contains(selector.text())) {
                throw new IllegalArgumentException(
                        key(pool) + ": '" + selector + "' is not a bundle here; valid are " + new TreeSet<>(bundles));
            }
        }));
    }

    /** Refuses a pool whose topics or groups are those of another stage or event. */
    public void requireDistinctQueues(Pipeline pipeline) {
        Set<String> names = new TreeSet<>();
        for (StageDefinition stage : pipeline.stages()) {
            for (Pool pool : stage.isPooled() ? all() : List.of(Pool.DEFAULT)) {
                boolean ownTopic = names.add(stage.topic(pool));
                boolean ownGroup = names.add(stage.group(pool));
                if (!ownTopic || !ownGroup) {
                    throw new IllegalArgumentException(PREFIX + "*: two queues would be called " + stage.topic(pool)
                            + " or " + stage.group(pool) + "; valid are pools of other names");
                }
            }
        }
    }

    @Override
    public String toString() {
        return lists.toString();
    }
}
