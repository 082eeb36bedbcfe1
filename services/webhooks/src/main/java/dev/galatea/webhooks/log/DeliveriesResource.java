package dev.galatea.webhooks.log;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

import dev.galatea.httpguard.OperatorsOnly;
import dev.galatea.model.event.WebhookAttempted;

/** The delivery log, for operators. */
@OperatorsOnly
@Path("/v1/webhooks/deliveries")
@Produces(MediaType.APPLICATION_JSON)
public class DeliveriesResource {

    private static final int MAX_LIMIT = 1000;
    private static final List<String> OUTCOMES = Stream.of(WebhookAttempted.Outcome.values())
            .map(WebhookAttempted.Outcome::wireName)
            .toList();

    private final DeliveryLog log;

    @Inject
    DeliveriesResource(DeliveryLog log) {
        this.log = log;
    }

    /** The latest attempts, newest first, of all endpoints and videos or of one. */
    @GET
    public Response list(
            @RestQuery("video_id") @Nullable String videoId,
            @RestQuery @Nullable String endpoint,
            @RestQuery @Nullable String outcome,
            @RestQuery @DefaultValue("100") String limit) {
        int most = limit.matches("\\d{1,4}") ? Integer.parseInt(limit) : 0;
        if (most < 1 || most > MAX_LIMIT) {
            return invalid("limit", limit, "1 to " + MAX_LIMIT);
        }
        if (outcome != null && OUTCOMES.stream().noneMatch(outcome::equals)) {
            return invalid("outcome", outcome, String.join(", ", OUTCOMES));
        }
        return Response.ok(DeliveryList.of(log.latest(attempt -> matches(attempt, videoId, endpoint, outcome), most)))
                .build();
    }

    private static boolean matches(
            WebhookAttempted attempt, @Nullable String videoId, @Nullable String endpoint, @Nullable String outcome) {
        return (videoId == null || videoId.equalsIgnoreCase(attempt.jobId().toString()))
                && (endpoint == null || endpoint.equals(attempt.endpoint()))
                && (outcome == null || outcome.equals(attempt.outcome().wireName()));
    }

    /** Answered and not thrown: where services share a process, another one's mappers would write it anew. */
    private static Response invalid(String field, String value, String valid) {
        String shown = value.length() > 64 ? value.substring(0, 64) + "…" : value;
        Map<String, Object> problem = Map.of(
                "type",
                "urn:galatea:problem:invalid_" + field,
                "title",
                "Bad Request",
                "status",
                400,
                "detail",
                field + ": '" + shown + "' is not valid; valid are " + valid);
        return Response.status(400)
                .type("application/problem+json")
                .entity(problem)
                .build();
    }
}
