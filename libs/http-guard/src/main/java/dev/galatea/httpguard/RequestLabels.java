package dev.galatea.httpguard;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.impl.HttpServerRequestInternal;
import io.vertx.ext.web.RoutingContext;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Keeps what clients write out of the labels of the metrics of HTTP. A method is whatever word a request begins with,
 * and a request that no resource takes, such as one that is refused before, is counted by its path: each value would be
 * a series of its own, kept for ever. Thread-safe.
 */
@ApplicationScoped
class RequestLabels {

    private static final String METRICS = "http.server.";
    private static final String METHOD = "method";
    private static final String OTHER = "OTHER";
    private static final String URI = "uri";
    private static final String UNMATCHED = "/unmatched";

    /** What Quarkus notes of a request that a resource takes: the path of that one, with names for what varies. */
    private static final String TEMPLATE = "UrlPathTemplate";

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    /** The labels of Quarkus for requests that no resource takes. */
    private static final Set<String> KINDS =
            Set.of("root", "NOT_FOUND", "REDIRECTION", "UNKNOWN", "/cors-preflight", UNMATCHED);

    private final CurrentVertxRequest current;
    private final Set<String> templates = ConcurrentHashMap.newKeySet();

    @Inject
    RequestLabels(CurrentVertxRequest current) {
        this.current = current;
    }

    /** Learns the paths of resources, from the requests that they take. */
    @ServerRequestFilter
    void taken() {
        RoutingContext context = current.getCurrent();
        if (context != null
                && context.request() instanceof HttpServerRequestInternal request
                && request.context().getLocal(TEMPLATE) instanceof String template) {
            templates.add(template);
        }
    }

    /** Replaces methods that HTTP doesn't know and paths of no resource. */
    @Produces
    @Singleton
    MeterFilter labels() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().startsWith(METRICS)
                        ? replaced(
                                replaced(id, METHOD, METHODS::contains, OTHER),
                                URI,
                                RequestLabels.this::isOurs,
                                UNMATCHED)
                        : id;
            }
        };
    }

    private static Meter.Id replaced(Meter.Id id, String label, Predicate<String> known, String by) {
        String value = id.getTag(label);
        return value == null || known.test(value)
                ? id
                : id.replaceTags(Tags.of(id.getTagsAsIterable()).and(label, by));
    }

    private boolean isOurs(String path) {
        return KINDS.contains(path) || templates.contains(path);
    }
}
