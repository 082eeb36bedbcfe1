package dev.galatea.events;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.smallrye.config.PropertiesConfigSource;

/**
 * Reads pools from environment variables: {@code GALATEA_POOLS_WAN_14B_BUNDLES} is the key
 * {@code galatea.pools.wan-14b.bundles}. Without it nobody could tell which of the {@code _} are dots; in the name of a
 * pool they are dashes.
 */
public final class PoolVariables extends PropertiesConfigSource {

    private static final long serialVersionUID = 1L;
    private static final Pattern VARIABLE = Pattern.compile("GALATEA_POOLS_(.+)_BUNDLES");

    /** That of environment variables. */
    private static final int ORDINAL = 300;

    public PoolVariables() {
        this(System.getenv());
    }

    PoolVariables(Map<String, String> environment) {
        super(properties(environment), "galatea-pool-variables", ORDINAL);
    }

    private static Map<String, String> properties(Map<String, String> environment) {
        Map<String, String> properties = new TreeMap<>();
        environment.forEach((variable, value) -> {
            Matcher matcher = VARIABLE.matcher(variable);
            if (matcher.matches()) {
                String name = matcher.group(1).toLowerCase(Locale.ROOT).replace('_', '-');
                properties.put("galatea.pools." + name + ".bundles", value);
            }
        });
        return properties;
    }
}
