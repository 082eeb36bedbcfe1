package dev.galatea.httpguard;

import java.util.concurrent.atomic.AtomicLong;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * A refusal as problem details (RFC 9457), with the error object of the {@code /v1/videos} dialect.
 *
 * @param title of the status
 * @param param the header, or part of the request, that is to blame
 * @param problem its value, and what would be valid
 */
record Refusal(int status, String title, String code, String param, String problem) {

    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int TOO_LARGE = 413;
    private static final int SHOWN = 100;

    /** The most bytes of a body that are read and not looked at, so that the client hears of the refusal. */
    private static final long IGNORED = 32 << 20;

    /** The longest time for that, in milliseconds. */
    private static final long IGNORING = 5_000;

    static Refusal ofHost(String host) {
        return forbidden(
                "host_not_allowed",
                "Host",
                "'" + shown(host) + "' is not a name of this service; valid are localhost, IP addresses and the names"
                        + " in galatea.http.allowed-hosts");
    }

    static Refusal ofOrigin(String origin) {
        return forbidden(
                "cross_site_request",
                "Origin",
                "'" + shown(origin) + "' may not change anything here; valid are this service's own pages and the"
                        + " origins in quarkus.http.cors.origins");
    }

    static Refusal ofSite(String site) {
        return forbidden(
                "cross_site_request",
                "Sec-Fetch-Site",
                "'" + shown(site) + "' may not change anything here; valid are requests of this service's own pages");
    }

    /** @param part of the address: {@code path} or {@code query} */
    static Refusal ofEncoding(String part, @Nullable String value) {
        return new Refusal(
                BAD_REQUEST,
                "Bad Request",
                "malformed_" + part,
                part,
                "'" + shown(value == null ? "" : value) + "' has a % that two hexadecimal digits don't follow");
    }

    /** Of a body that the server can't read. */
    static Refusal ofBody() {
        return new Refusal(
                BAD_REQUEST,
                "Bad Request",
                "malformed_body",
                "body",
                "is not what its Content-Type says; valid is none");
    }

    static Refusal ofLength(long bytes, long most) {
        return new Refusal(
                TOO_LARGE,
                "Request Entity Too Large",
                "body_too_large",
                "Content-Length",
                "the body has " + bytes + " bytes; valid are up to " + most);
    }

    private static Refusal forbidden(String code, String param, String problem) {
        return new Refusal(FORBIDDEN, "Forbidden", code, param, problem);
    }

    /**
     * Answers, and closes the connection. What the body holds is read for a while and not looked at: a client that is
     * still sending would not see the answer of a connection that is closed.
     */
    void answer(RoutingContext context) {
        String detail = param + ": " + problem;
        JsonObject error = new JsonObject()
                .put("message", detail)
                .put("type", "invalid_request_error")
                .put("param", param)
                .put("code", code);
        JsonObject body = new JsonObject()
                .put("type", "urn:galatea:problem:" + code)
                .put("title", title)
                .put("status", status)
                .put("detail", detail)
                .put("instance", context.request().path())
                .put("code", code)
                .put("error", error);
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/problem+json")
                .putHeader("Connection", "close")
                .end(body.encode());
        drain(context);
    }

    private static void drain(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.isEnded()) {
            request.connection().close();
            return;
        }
        long timer =
                context.vertx().setTimer(IGNORING, over -> request.connection().close());
        AtomicLong ignored = new AtomicLong();
        request.handler(piece -> {
            if (ignored.addAndGet(piece.length()) > IGNORED) {
                request.connection().close();
            }
        });
        request.exceptionHandler(gone -> context.vertx().cancelTimer(timer));
        request.endHandler(end -> {
            context.vertx().cancelTimer(timer);
            request.connection().close();
        });
        request.resume();
    }

    private static String shown(String value) {
        return value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
    }
}
