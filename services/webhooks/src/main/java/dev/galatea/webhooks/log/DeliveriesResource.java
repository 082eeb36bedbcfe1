package dev.galatea.webhooks.log;

import java.util.Map;

import jakarta.inject.Inject;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.WebhookAttempted;

/** The delivery log, for operators. */
@Path("/v1/webhooks/deliveries")
@Produces(MediaType.APPLICATION_JSON)
public class DeliveriesResource {

    private static final int MAX_LIMIT = 1000;

    private final DeliveryLog log;

    @Inject
    DeliveriesResource(DeliveryLog log) {
        this.log = log;
    }

    /** The latest attempts, newest first, of all endpoints and videos or of one. */
    @GET
    public DeliveryList list(
            @RestQuery("video_id") @Nullable String videoId,
            @RestQuery @Nullable String endpoint,
            @RestQuery @Nullable String outcome,
            @RestQuery @DefaultValue("100") int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw invalid("limit: " + limit + " is not valid; valid are 1 to " + MAX_LIMIT);
        }
        return DeliveryList.of(log.latest(attempt -> matches(attempt, videoId, endpoint, outcome), limit));
    }

    private static boolean matches(
            WebhookAttempted attempt, @Nullable String videoId, @Nullable String endpoint, @Nullable String outcome) {
        return (videoId == null || videoId.equalsIgnoreCase(attempt.jobId().toString()))
                && (endpoint == null || endpoint.equals(attempt.endpoint()))
                && (outcome == null || outcome.equals(attempt.outcome().wireName()));
    }

    private static BadRequestException invalid(String detail) {
        Map<String, Object> problem = Map.of(
                "type", "urn:galatea:problem:invalid_limit", "title", "Bad Request", "status", 400, "detail", detail);
        return new BadRequestException(Response.status(400)
                .type("application/problem+json")
                .entity(problem)
                .build());
    }
}
