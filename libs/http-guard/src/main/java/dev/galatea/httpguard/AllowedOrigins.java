package dev.galatea.httpguard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;

/**
 * Origins whose pages may send what changes something: the service's own, and those that CORS allows
 * ({@code quarkus.http.cors.origins}; a pattern stands between slashes). Thread-safe.
 */
final class AllowedOrigins {

    private static final String ANY = "*";
    private static final String AUTHORITY = "://";
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private final Set<String> exact = new HashSet<>();
    private final List<Pattern> patterns = new ArrayList<>();

    AllowedOrigins(Collection<String> configured) {
        for (String origin : configured) {
            if (origin.length() > 2 && origin.startsWith("/") && origin.endsWith("/")) {
                patterns.add(Pattern.compile(origin.substring(1, origin.length() - 1)));
            } else {
                exact.add(origin.toLowerCase(Locale.ROOT));
            }
        }
    }

    /** Whether an origin is one that the configuration names. */
    boolean contains(String origin) {
        return exact.contains(ANY)
                || exact.contains(origin.toLowerCase(Locale.ROOT))
                || patterns.stream().anyMatch(pattern -> pattern.matcher(origin).matches());
    }

    /**
     * Whether an origin is that of the service itself, as the client calls it. The scheme is not compared: who ends TLS
     * before this service leaves the name and the port as they are.
     *
     * @param host without a port
     * @param port -1 if there is none
     */
    static boolean isOwn(String origin, @Nullable String host, int port) {
        // Read as the Host header is: java.net.URI knows no names with underscores, which containers often have.
        int authority = origin.indexOf(AUTHORITY);
        HostAndPort page =
                authority < 1 ? null : HostAndPort.parseAuthority(origin.substring(authority + AUTHORITY.length()), -1);
        return host != null
                && page != null
                && host.equalsIgnoreCase(page.host())
                && withoutDefault(port) == withoutDefault(page.port());
    }

    private static int withoutDefault(int port) {
        return port == HTTP || port == HTTPS ? -1 : port;
    }
}
