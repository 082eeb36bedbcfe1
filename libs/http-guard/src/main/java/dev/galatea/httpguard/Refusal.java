package dev.galatea.httpguard;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** A refusal as problem details (RFC 9457), with the error object of the {@code /v1/videos} dialect. */
record Refusal(String code, String param, String problem) {

    private static final int FORBIDDEN = 403;
    private static final int SHOWN = 100;

    static Refusal ofHost(String host) {
        return new Refusal(
                "host_not_allowed",
                "Host",
                "'" + shown(host) + "' is not a name of this service; valid are localhost, IP addresses and the names"
                        + " in galatea.http.allowed-hosts");
    }

    static Refusal ofOrigin(String origin) {
        return new Refusal(
                "cross_site_request",
                "Origin",
                "'" + shown(origin) + "' may not change anything here; valid are this service's own pages and the"
                        + " origins in quarkus.http.cors.origins");
    }

    static Refusal ofSite(String site) {
        return new Refusal(
                "cross_site_request",
                "Sec-Fetch-Site",
                "'" + shown(site) + "' may not change anything here; valid are requests of this service's own pages");
    }

    /** Answers, and closes the connection after it: what the body holds is not read. */
    void answer(RoutingContext context) {
        String detail = param + ": " + problem;
        JsonObject error = new JsonObject()
                .put("message", detail)
                .put("type", "invalid_request_error")
                .put("param", param)
                .put("code", code);
        JsonObject body = new JsonObject()
                .put("type", "urn:galatea:problem:" + code)
                .put("title", "Forbidden")
                .put("status", FORBIDDEN)
                .put("detail", detail)
                .put("code", code)
                .put("error", error);
        context.response()
                .setStatusCode(FORBIDDEN)
                .putHeader("Content-Type", "application/problem+json")
                .putHeader("Connection", "close")
                .end(body.encode());
    }

    private static String shown(String value) {
        return value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
    }
}
