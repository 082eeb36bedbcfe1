package dev.galatea.gateway.problem;

import java.io.IOException;

import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/** Turns whatever ends a request into problem details. */
final class ProblemMappers {

    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

    private final CurrentVertxRequest requests;

    @Inject
    ProblemMappers(CurrentVertxRequest requests) {
        this.requests = requests;
    }

    @ServerExceptionMapper
    Response problem(ProblemException e, UriInfo uri) {
        Problem problem = problem(e.status(), e.code(), String.valueOf(e.getMessage()), e.param(), uri);
        Response.ResponseBuilder response = answer(problem.withVideo(e.videoId()));
        e.headers().forEach(response::header);
        return response.build();
    }

    /** Answers what the framework refuses: unknown path, wrong method, wrong media type. */
    @ServerExceptionMapper
    Response refusedByFramework(WebApplicationException e, UriInfo uri) {
        Response original = e.getResponse();
        int status = original.getStatus();
        Response.ResponseBuilder response = answer(problem(status, codeOf(status), detailOf(status), null, uri));
        String allow = original.getHeaderString(HttpHeaders.ALLOW);
        if (allow != null) {
            response.header(HttpHeaders.ALLOW, allow);
        }
        return response.build();
    }

    @ServerExceptionMapper
    Response defect(Exception e, UriInfo uri) {
        RoutingContext current = requests.getCurrent();
        LOG.logf(
                hasLeft(e, current) ? Logger.Level.DEBUG : Logger.Level.ERROR,
                e,
                "path=%s requestId=%s failed",
                uri.getPath(),
                current == null ? "none" : current.response().headers().get("x-request-id"));
        String detail = "an internal error occurred; the service's log has its details";
        return answer(problem(500, "internal_error", detail, null, uri)).build();
    }

    /** Whether there is no client any more to whom the answer could be sent; that is no defect of this service. */
    private static boolean hasLeft(Exception e, @Nullable RoutingContext current) {
        return current != null
                && (current.response().closed()
                        || e instanceof IOException && current.response().headWritten());
    }

    private static Problem problem(int status, String code, String detail, @Nullable String param, UriInfo uri) {
        Response.StatusType known = Response.Status.fromStatusCode(status);
        String title = known == null ? "Error" : known.getReasonPhrase();
        return Problem.of(status, title, code, detail, param, uri.getPath());
    }

    private static Response.ResponseBuilder answer(Problem problem) {
        return Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
    }

    private static String codeOf(int status) {
        return switch (status) {
            case 404 -> "not_found";
            case 405 -> "method_not_allowed";
            case 406 -> "not_acceptable";
            case 413 -> "body_too_large";
            case 415 -> "unsupported_media_type";
            default -> status < 500 ? "bad_request" : "internal_error";
        };
    }

    private static String detailOf(int status) {
        return switch (status) {
            case 404 -> "nothing is served at this path; /q/openapi lists the valid ones";
            case 405 -> "this path does not support the method; the Allow header names those that it does";
            case 406 -> "the Accept header names no media type of this answer";
            case 415 ->
                "the media type of the body is not supported; valid are application/json, multipart/form-data and"
                        + " application/x-www-form-urlencoded";
            default -> "the request was refused";
        };
    }
}
