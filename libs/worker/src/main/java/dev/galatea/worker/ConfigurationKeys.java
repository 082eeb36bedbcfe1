package dev.galatea.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The configuration keys of all services under {@code galatea.}, as properties and as environment variables. Services
 * share their environment, so each accepts the keys of the others; a key that no service has is a mistake. Immutable.
 */
final class ConfigurationKeys {

    /** Each jar may have one: those of added stages name their own keys. */
    private static final String RESOURCE = "META-INF/galatea/configuration-keys.txt";

    private static final String PREFIX = "galatea.";

    /** Stands for one name that the operator chooses, such as an endpoint's. */
    private static final String ANY_NAME = "*";

    private static final int MAX_SHOWN = 12;

    private final List<String> keys;
    private final Pattern properties;
    private final Pattern variables;

    ConfigurationKeys(List<String> keys) {
        this.keys = List.copyOf(keys);
        properties = anyOf(keys.stream().map(ConfigurationKeys::propertyPattern).toList());
        variables = anyOf(keys.stream().map(ConfigurationKeys::variablePattern).toList());
    }

    /** The keys that the jars of this process list. */
    static ConfigurationKeys known() {
        try {
            List<String> keys = new ArrayList<>();
            ClassLoader loader = Thread.currentThread().getContextClassLoader();
            for (URL list : Collections.list(loader.getResources(RESOURCE))) {
                try (InputStream in = list.openStream()) {
                    new String(in.readAllBytes(), UTF_8)
                            .lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                            .forEach(keys::add);
                }
            }
            if (keys.isEmpty()) {
                throw new IllegalStateException(RESOURCE + " is not on the class path");
            }
            return new ConfigurationKeys(keys);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Describes each property under {@code galatea.} that no service has. */
    Set<String> unknownProperties(Iterable<String> names) {
        Set<String> unknown = new TreeSet<>();
        for (String name : names) {
            if (name.startsWith(PREFIX) && !properties.matcher(name).matches()) {
                unknown.add(name + ": is not a configuration key; " + valid(name));
            }
        }
        return unknown;
    }

    /** Describes each environment variable {@code GALATEA_…} that no service has. */
    Set<String> unknownVariables(Iterable<String> names) {
        Set<String> unknown = new TreeSet<>();
        for (String name : names) {
            if (name.startsWith(variable(PREFIX)) && !isVariable(name)) {
                unknown.add(name + ": is not a configuration key; " + valid(name.toLowerCase(Locale.ROOT)));
            }
        }
        return unknown;
    }

    private boolean isVariable(String name) {
        return variables.matcher(variable(name)).matches();
    }

    /** The keys that share the longest beginning with a name. */
    private String valid(String name) {
        String normal = variable(name);
        int length = keys.stream()
                .mapToInt(key -> common(variable(key), normal))
                .max()
                .orElse(0);
        List<String> nearest = keys.stream()
                .filter(key -> common(variable(key), normal) == length)
                .toList();
        if (nearest.size() == 1) {
            return "the nearest is " + nearest.get(0);
        }
        return nearest.size() <= MAX_SHOWN
                ? "the nearest are " + String.join(", ", nearest)
                : "docs/operations.md says where all keys are listed";
    }

    private static int common(String one, String other) {
        int same = 0;
        while (same < Math.min(one.length(), other.length()) && one.charAt(same) == other.charAt(same)) {
            same++;
        }
        return same;
    }

    private static String variable(String name) {
        return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** A key may end in {@code [0]}, the place in a list. */
    private static String propertyPattern(String key) {
        return Pattern.quote(key).replace(ANY_NAME, "\\E(\"[^\"]+\"|[^.]+)\\Q") + "(\\[\\d+])?";
    }

    private static String variablePattern(String key) {
        String[] parts = key.split(Pattern.quote(ANY_NAME), -1);
        StringBuilder pattern = new StringBuilder(Pattern.quote(variable(parts[0])));
        for (int i = 1; i < parts.length; i++) {
            pattern.append("[A-Z0-9_]+").append(Pattern.quote(variable(parts[i])));
        }
        return pattern.append("(_\\d+_?)?").toString();
    }

    private static Pattern anyOf(List<String> patterns) {
        return Pattern.compile(String.join("|", patterns));
    }
}
