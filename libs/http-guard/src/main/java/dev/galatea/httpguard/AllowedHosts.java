package dev.galatea.httpguard;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import io.netty.util.NetUtil;

/**
 * Names by which a service may be called. A page whose name its owner lets lead to 127.0.0.1 (DNS rebinding) sends its
 * own name, and nothing else tells it from a page of the service. Thread-safe.
 */
final class AllowedHosts {

    private static final String ANY = "*";
    private static final String LOCAL = "localhost";

    private final Set<String> names;

    AllowedHosts(Collection<String> names) {
        this.names = names.stream().map(AllowedHosts::normal).collect(Collectors.toUnmodifiableSet());
    }

    /** @param host without a port, as in the {@code Host} header */
    boolean contains(String host) {
        String name = normal(host);
        return isAddress(name) || name.equals(LOCAL) || names.contains(name) || names.contains(ANY);
    }

    private static boolean isAddress(String name) {
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        return bracketed
                ? NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1))
                : NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
    }

    private static String normal(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
