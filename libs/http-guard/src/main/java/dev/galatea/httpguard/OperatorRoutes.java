package dev.galatea.httpguard;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.container.ResourceInfo;

import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.Router;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Serves resources that are {@link OperatorsOnly} on the management interface, and on no other. Quarkus has its own
 * endpoints there only; requests for the API are handed on to the router of the application, with a mark, and it is the
 * resource that was found that decides, so that no spelling of a path leads around it.
 */
@ApplicationScoped
class OperatorRoutes {

    private static final String MARK = OperatorRoutes.class.getName();
    private static final String API = "/v1/*";

    private final boolean apart;
    private final CurrentVertxRequest current;
    private volatile @Nullable Router application;

    @Inject
    OperatorRoutes(
            @ConfigProperty(name = "quarkus.management.enabled", defaultValue = "false") boolean apart,
            CurrentVertxRequest current) {
        this.apart = apart;
        this.current = current;
    }

    void onApplication(@Observes Router router) {
        application = router;
    }

    void onManagement(@Observes ManagementInterface management) {
        management.router().route(API).handler(context -> {
            Router router = application;
            if (router == null) {
                context.next();
            } else {
                context.put(MARK, true);
                router.handleContext(context);
            }
        });
    }

    @ServerRequestFilter
    void refuseOnTheWrongInterface(ResourceInfo resource) {
        boolean forOperators = resource.getResourceClass().isAnnotationPresent(OperatorsOnly.class);
        boolean fromOperators = current.getCurrent().get(MARK) != null;
        if (apart && forOperators != fromOperators) {
            throw new NotFoundException();
        }
    }
}
