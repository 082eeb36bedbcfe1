package dev.galatea.gateway.api;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

import jakarta.inject.Inject;
import jakarta.ws.rs.NameBinding;
import jakarta.ws.rs.container.ContainerRequestContext;

import io.smallrye.mutiny.Uni;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Refuses requests for a video that is not there before the resource is called. Event streams need that: their headers
 * are sent before their first event, when it is too late to answer 404.
 */
final class KnownVideoFilter {

    private final VideoLookup videos;

    @Inject
    KnownVideoFilter(VideoLookup videos) {
        this.videos = videos;
    }

    /** Marks resources whose path parameter {@code id} has to name a video. */
    @NameBinding
    @Retention(RetentionPolicy.RUNTIME)
    @interface KnownVideo {}

    @KnownVideo
    @ServerRequestFilter
    Uni<Void> refuseUnknown(ContainerRequestContext request) {
        String id = request.getUriInfo().getPathParameters().getFirst("id");
        return videos.find(VideoResource.parse(id)).replaceWithVoid();
    }
}
