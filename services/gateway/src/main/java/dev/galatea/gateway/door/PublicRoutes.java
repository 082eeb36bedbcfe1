package dev.galatea.gateway.door;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.galatea.gateway.problem.Problem;

/**
 * Lets the page load its own scripts, styles and media and be framed by nobody, and tells whoever looks for health or
 * metrics here where they are.
 */
@ApplicationScoped
class PublicRoutes {

    private static final int BEFORE_FILES = -1_000;
    private static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self'; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
            + "frame-ancestors 'none'";
    private static final int NOT_FOUND = 404;

    private final int managementPort;

    @Inject
    PublicRoutes(@ConfigProperty(name = "quarkus.management.port", defaultValue = "9000") int managementPort) {
        this.managementPort = managementPort;
    }

    void register(@Observes Router router) {
        for (String page : new String[] {"/", "/index.html", "/ui/*"}) {
            router.route(page).order(BEFORE_FILES).handler(context -> {
                context.response().putHeader("Content-Security-Policy", PAGE_POLICY);
                context.next();
            });
        }
        router.route("/q/health*").order(BEFORE_FILES).handler(this::answerElsewhere);
        router.route("/q/metrics*").order(BEFORE_FILES).handler(this::answerElsewhere);
    }

    private void answerElsewhere(RoutingContext context) {
        String detail =
                "health and metrics are served by the management interface of this service, on port " + managementPort;
        context.response()
                .setStatusCode(NOT_FOUND)
                .putHeader("Content-Type", Problem.MEDIA_TYPE)
                .end(new JsonObject()
                        .put("type", "urn:galatea:problem:on_management_interface")
                        .put("title", "Not Found")
                        .put("status", NOT_FOUND)
                        .put("detail", detail)
                        .put("code", "on_management_interface")
                        .encode());
    }
}
