package dev.galatea.events;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads pools from environment variables: {@code GALATEA_POOLS_WAN_14B_BUNDLES} is the key
 * {@code galatea.pools.wan-14b.bundles}. Without it nobody could tell which of the {@code _} are dots; in the name of a
 * pool they are dashes.
 */
public final class PoolVariables implements ConfigSource {

    private static final Pattern VARIABLE = Pattern.compile("GALATEA_POOLS_(.+)_BUNDLES");

    /** That of environment variables. */
    private static final int ORDINAL = 300;

    private final Map<String, String> properties;

    public PoolVariables() {
        this(System.getenv());
    }

    PoolVariables(Map<String, String> environment) {
        properties = new TreeMap<>();
        environment.forEach((variable, value) -> {
            Matcher matcher = VARIABLE.matcher(variable);
            if (matcher.matches()) {
                String name = matcher.group(1).toLowerCase(Locale.ROOT).replace('_', '-');
                properties.put("galatea.pools." + name + ".bundles", value);
            }
        });
    }

    @Override
    public Set<String> getPropertyNames() {
        return properties.keySet();
    }

    @Override
    public @Nullable String getValue(String propertyName) {
        return properties.get(propertyName);
    }

    @Override
    public String getName() {
        return "galatea-pool-variables";
    }

    @Override
    public int getOrdinal() {
        return ORDINAL;
    }
}
