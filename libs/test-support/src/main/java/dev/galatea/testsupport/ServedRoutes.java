package dev.galatea.testsupport;

import java.util.Set;
import java.util.TreeSet;

import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRecorder;
import org.jboss.resteasy.reactive.server.handlers.ClassRoutingHandler;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper.RequestPath;
import org.jboss.resteasy.reactive.server.mapping.RuntimeResource;
import org.jboss.resteasy.reactive.server.spi.ServerRestHandler;

/** The routes that the router of a running application holds. Needs Quarkus REST on the class path. */
public final class ServedRoutes {

    private ServedRoutes() {}

    /** Methods and paths: {@code POST /v1/videos}. */
    public static Set<String> all() {
        Set<String> routes = new TreeSet<>();
        ResteasyReactiveRecorder.getCurrentDeployment().getClassMappers().forEach(path -> {
            for (ServerRestHandler handler : path.value.handlers) {
                if (handler instanceof ClassRoutingHandler routing) {
                    collect(path.template.template, routing, routes);
                }
            }
        });
        return routes;
    }

    private static void collect(String prefix, ClassRoutingHandler routing, Set<String> routes) {
        routing.getMappers().forEach((method, mapper) -> {
            // Without a method stands what answers OPTIONS and refuses the rest.
            if (method != null) {
                for (RequestPath<RuntimeResource> path : mapper.getTemplates()) {
                    String rest = path.template.template;
                    routes.add(method + " " + prefix + (rest.equals("/") ? "" : rest));
                }
            }
        });
    }
}
