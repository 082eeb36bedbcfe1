package dev.galatea.gateway.api;

import java.util.UUID;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * Gives every answer an {@code x-request-id}, which the official clients show with an error: the caller's own, or a new
 * one. Thread-safe.
 */
@ApplicationScoped
class RequestIds {

    static final String HEADER = "x-request-id";

    /** Ids appear in logs, so that nothing else is repeated of what a caller sends. */
    private static final Pattern PRESENTABLE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    /** Also before the guard, whose refusals have an id, too. */
    private static final int BEFORE_OTHERS = 20_000;

    void register(@Observes Filters filters) {
        filters.register(RequestIds::assign, BEFORE_OTHERS);
    }

    private static void assign(RoutingContext context) {
        context.response().putHeader(HEADER, idOf(context.request().getHeader(HEADER)));
        context.next();
    }

    static String idOf(@Nullable String given) {
        return given != null && PRESENTABLE.matcher(given).matches()
                ? given
                : "req_" + UUID.randomUUID().toString().replace("-", "");
    }
}
