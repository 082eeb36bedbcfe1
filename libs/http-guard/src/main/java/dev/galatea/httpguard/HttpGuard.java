package dev.galatea.httpguard;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Refuses requests that a foreign web page makes a browser send, on the public and on the management interface, and
 * adds security headers to every answer that has not its own. Nobody is authenticated here: whoever reaches the port
 * with another program than a browser is let through. Thread-safe.
 */
@ApplicationScoped
class HttpGuard {

    /** Before CORS, authentication and all routes. */
    private static final int FIRST = 10_000;

    private static final int BAD_REQUEST = 400;
    private static final String SEEN = HttpGuard.class.getName();

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    /** The values of Sec-Fetch-Site for the service's own pages, and for what a person typed or clicked. */
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "X-Frame-Options", "DENY",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Referrer-Policy", "no-referrer");

    private final AllowedHosts hosts;
    private final AllowedOrigins origins;

    @Inject
    HttpGuard(
            HttpGuardConfig config,
            @ConfigProperty(name = "quarkus.http.cors.enabled", defaultValue = "false") boolean corsEnabled,
            @ConfigProperty(name = "quarkus.http.cors.origins") Optional<List<String>> corsOrigins) {
        hosts = new AllowedHosts(config.allowedHosts());
        origins = new AllowedOrigins(corsEnabled ? corsOrigins.orElse(List.of()) : List.of());
    }

    void onPublic(@Observes Filters filters) {
        filters.register(this::handle, FIRST);
    }

    void onRouter(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(this::handleFailure);
    }

    void onManagement(@Observes ManagementInterface management) {
        management.router().route().order(Integer.MIN_VALUE).failureHandler(this::handleFailure);
        management.router().route().order(Integer.MIN_VALUE).handler(HttpGuard::allowNobodyToRead);
        management.router().route().order(Integer.MIN_VALUE).handler(this::handle);
    }

    /**
     * There, Quarkus lets pages of any origin read what is answered, and nobody forbid it; dead letters hold prompts.
     */
    private static void allowNobodyToRead(RoutingContext context) {
        context.addHeadersEndHandler(end -> {
            MultiMap headers = context.response().headers();
            headers.names().stream().filter(HttpGuard::isOfCors).forEach(headers::remove);
        });
        context.next();
    }

    private static boolean isOfCors(String header) {
        return header.toLowerCase(Locale.ROOT).startsWith("access-control-");
    }

    /** Tells whether a request came as far as here. */
    static boolean hasSeen(RoutingContext context) {
        return context.get(SEEN) != null;
    }

    private void handle(RoutingContext context) {
        if (context.response().ended()) {
            // A body that was refused, of which the rest has come.
            return;
        }
        context.put(SEEN, true);
        context.addHeadersEndHandler(end -> addTo(context.response().headers()));
        Refusal unreadable = unreadable(context);
        Refusal refusal = unreadable == null ? refusal(context.request()) : unreadable;
        if (refusal == null) {
            context.next();
        } else {
            refusal.answer(context);
        }
    }

    /**
     * Refuses a request whose {@code Host} can't be read. Vert.x fails it before any route, which would be logged as an
     * error of this service.
     */
    private void handleFailure(RoutingContext context) {
        if (context.statusCode() == BAD_REQUEST && context.request().authority() == null) {
            context.addHeadersEndHandler(end -> addTo(context.response().headers()));
            Refusal.ofHost(Objects.requireNonNullElse(context.request().getHeader("Host"), ""))
                    .answer(context);
        } else {
            context.next();
        }
    }

    /** The router takes for a defect what the client has written wrong. */
    private static @Nullable Refusal unreadable(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!isReadable(context::normalizedPath)) {
            return Refusal.ofEncoding("path", request.path());
        }
        return isReadable(context::queryParams) ? null : Refusal.ofEncoding("query", request.query());
    }

    private static boolean isReadable(Runnable reading) {
        try {
            reading.run();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static void addTo(MultiMap headers) {
        HEADERS.forEach((name, value) -> {
            if (!headers.contains(name)) {
                headers.set(name, value);
            }
        });
    }

    private @Nullable Refusal refusal(HttpServerRequest request) {
        List<String> given = request.headers().getAll("Host");
        if (given.size() > 1) { // a proxy may have looked at another one than we do (RFC 9112, section 3.2)
            return Refusal.ofHost(String.join(", ", given));
        }
        String host = request.getHeader("Host");
        HostAndPort called = request.authority();
        // Without the header (HTTP/1.0) it is no browser.
        if (host != null && (called == null || !hosts.contains(called.host()))) {
            return Refusal.ofHost(host);
        }
        if (SAFE.contains(request.method().name())) {
            return null;
        }
        String origin = request.getHeader("Origin");
        if (origin != null) {
            boolean own = called != null && AllowedOrigins.isOwn(origin, called.host(), called.port());
            return own || origins.contains(origin) ? null : Refusal.ofOrigin(origin);
        }
        String site = request.getHeader("Sec-Fetch-Site");
        return site == null || OWN_SITE.contains(site) ? null : Refusal.ofSite(site);
    }
}
