package dev.galatea.gateway.problem;

import jakarta.ws.rs.core.HttpHeaders;

import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Refuses requests whose media types can't be read, before the framework looks for a resource by them and takes what it
 * can't read for a defect of this service.
 */
final class MalformedHeaders {

    private static final int SHOWN = 64;

    @ServerRequestFilter(preMatching = true)
    void refuse(HttpHeaders headers) {
        require(headers, HttpHeaders.CONTENT_TYPE, headers::getMediaType);
        require(headers, HttpHeaders.ACCEPT, headers::getAcceptableMediaTypes);
    }

    private static void require(HttpHeaders headers, String name, Runnable parse) {
        try {
            parse.run();
        } catch (RuntimeException e) {
            String value = String.valueOf(headers.getHeaderString(name));
            String shown = value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
            throw ProblemException.badRequest(
                    "malformed_header",
                    name,
                    "'" + shown + "' is no media type; valid is for instance application/json");
        }
    }
}
