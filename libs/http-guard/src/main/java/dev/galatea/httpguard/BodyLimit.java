package dev.galatea.httpguard;

import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bodies whose length is above {@code quarkus.http.limits.max-body-size} on every path, before Quarkus does so
 * without a word. Bodies of unknown length are counted by whoever reads them. On the management interface, where no
 * request needs one, Quarkus reads bodies into memory before anything of ours is asked: few bytes are allowed there,
 * and what it can't read is the client's mistake. Thread-safe.
 */
@ApplicationScoped
class BodyLimit {

    /** After the guard, before all routes. */
    private static final int SECOND = 9_000;

    private static final int LONGEST_NUMBER = 18;
    private static final int TOO_LARGE = 413;

    private final long most;
    private final long mostOnManagement;

    @Inject
    BodyLimit(
            @ConfigProperty(name = "quarkus.http.limits.max-body-size") Optional<MemorySize> limit,
            @ConfigProperty(name = "quarkus.management.limits.max-body-size") Optional<MemorySize> limitOnManagement) {
        most = bytes(limit);
        mostOnManagement = bytes(limitOnManagement);
    }

    private static long bytes(Optional<MemorySize> limit) {
        return limit.map(MemorySize::asLongValue).orElse(Long.MAX_VALUE);
    }

    void onPublic(@Observes Filters filters) {
        filters.register(this::handle, SECOND);
    }

    void onManagement(@Observes ManagementInterface management) {
        management.router().route().order(Integer.MIN_VALUE).failureHandler(this::handleFailure);
    }

    private void handleFailure(RoutingContext context) {
        if (context.response().ended()) {
            // What comes of a body after it was refused can't be read either.
            return;
        }
        if (context.statusCode() == TOO_LARGE) {
            long length = lengthOf(context.request().getHeader("Content-Length"));
            Refusal.ofLength(Math.max(length, mostOnManagement + 1), mostOnManagement)
                    .answer(context);
        } else if (context.failure() != null && !HttpGuard.hasSeen(context)) {
            Refusal.ofBody().answer(context);
        } else {
            context.next();
        }
    }

    private void handle(RoutingContext context) {
        long length = lengthOf(context.request().getHeader("Content-Length"));
        if (length > most) {
            Refusal.ofLength(length, most).answer(context);
        } else {
            context.next();
        }
    }

    /** What is no number at all is refused by the server. */
    private static long lengthOf(@Nullable String header) {
        if (header == null || !header.matches("\\d+")) {
            return 0;
        }
        return header.length() > LONGEST_NUMBER ? Long.MAX_VALUE : Long.parseLong(header);
    }
}
