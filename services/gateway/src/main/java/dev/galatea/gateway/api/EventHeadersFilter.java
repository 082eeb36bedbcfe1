package dev.galatea.gateway.api;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NameBinding;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Answers HEAD for an event stream with its headers alone. The framework would open the stream and never end the
 * answer, so that whatever comes next on the connection waits for ever. Of those that follow a stream, so many may.
 */
final class EventHeadersFilter {

    private static final int AFTER_IDS_ARE_LOOKED_UP = Priorities.USER + 1;

    private final WaitingRequests waiting;
    private final CurrentVertxRequest current;

    @Inject
    EventHeadersFilter(WaitingRequests waiting, CurrentVertxRequest current) {
        this.waiting = waiting;
        this.current = current;
    }

    /** Marks resources whose answers are event streams. */
    @NameBinding
    @Retention(RetentionPolicy.RUNTIME)
    @interface EventStream {}

    @EventStream
    @ServerRequestFilter(priority = AFTER_IDS_ARE_LOOKED_UP)
    @Nullable
    Response answerHead(ContainerRequestContext request) {
        if (!request.getMethod().equals(HttpMethod.HEAD)) {
            waiting.enter(current.getCurrent());
            return null;
        }
        return Response.ok()
                .type(MediaType.SERVER_SENT_EVENTS)
                .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                .header("X-Accel-Buffering", "no")
                .build();
    }
}
