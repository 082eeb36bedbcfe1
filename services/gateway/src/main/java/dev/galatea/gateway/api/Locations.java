package dev.galatea.gateway.api;

import java.net.URI;

import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.ws.rs.core.Response;

/** Where videos are. */
final class Locations {

    private Locations() {}

    /** Adds the address of a video, which depends on the request; if the client has left, there is none any more. */
    static Response.ResponseBuilder with(Response.ResponseBuilder answer, String videoId) {
        try {
            return answer.location(URI.create("/v1/videos/" + videoId));
        } catch (ContextNotActiveException gone) {
            return answer;
        }
    }
}
