package dev.galatea.jobtracking.deadletters;

import java.util.Map;
import java.util.Optional;

import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

import io.smallrye.common.annotation.Blocking;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

import dev.galatea.deadletters.DeadLetter;
import dev.galatea.deadletters.DeadLetterStore;
import dev.galatea.httpguard.OperatorsOnly;
import dev.galatea.jobtracking.config.JobTrackingConfig;
import dev.galatea.model.failure.RetryableException;

/**
 * Dead letters, for operators, if {@link JobTrackingConfig#deadLettersApi()} says so. Errors are problem details (RFC
 * 9457), answered and not thrown: where services share a process, another one's mappers would write them anew.
 */
@OperatorsOnly
@Path("/v1/dead-letters")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class DeadLettersResource {

    private static final Logger LOG = Logger.getLogger(DeadLettersResource.class);
    private static final int MAX_LIMIT = 1000;
    private static final int SHOWN = 120;

    private final Instance<DeadLetterStore> stores;
    private final boolean enabled;

    @Inject
    DeadLettersResource(Instance<DeadLetterStore> stores, JobTrackingConfig config) {
        this.stores = stores;
        this.enabled = config.deadLettersApi();
    }

    /** Letters that are not settled, newest first, without what they say. */
    @GET
    public Response list(@RestQuery @DefaultValue("100") String limit, @RestQuery @Nullable String after) {
        int most = limit.matches("\\d{1,4}") ? Integer.parseInt(limit) : 0;
        if (most < 1 || most > MAX_LIMIT) {
            return problem(
                    400, "invalid_limit", "limit: '" + shown(limit) + "' is not valid; valid are 1 to " + MAX_LIMIT);
        }
        return answer(store -> {
            try {
                Optional<DeadLetter.Position> begin = Optional.ofNullable(after).map(DeadLetter.Position::parse);
                return Response.ok(DeadLetterList.of(store.list(most, begin))).build();
            } catch (IllegalArgumentException e) {
                return problem(400, "invalid_after", "after: " + shown(e.getMessage()));
            }
        });
    }

    /** All of one letter. What it says may hold a prompt. */
    @GET
    @Path("{partition}/{offset}")
    public Response show(@RestPath String partition, @RestPath String offset) {
        return withLetter(partition, offset, (store, letter) -> Response.ok(DeadLetterDetails.of(letter))
                .build());
    }

    /** Publishes a letter's record to the topic that it came from, as it was, and settles the letter. */
    @POST
    @Path("{partition}/{offset}/replay")
    public Response replay(@RestPath String partition, @RestPath String offset) {
        return withLetter(partition, offset, (store, letter) -> {
            try {
                store.replay(letter);
            } catch (IllegalArgumentException e) {
                return problem(409, "not_replayable", String.valueOf(e.getMessage()));
            }
            return settled(letter, "replayed");
        });
    }

    /** Puts a letter aside for good. */
    @DELETE
    @Path("{partition}/{offset}")
    public Response discard(@RestPath String partition, @RestPath String offset) {
        return withLetter(partition, offset, (store, letter) -> {
            store.discard(letter);
            return settled(letter, "discarded");
        });
    }

    /** An action on the store. */
    private interface Work {
        Response at(DeadLetterStore store) throws RetryableException;
    }

    /** An action on a letter. */
    private interface LetterWork {
        Response with(DeadLetterStore store, DeadLetter letter) throws RetryableException;
    }

    /** One at a time, so that no letter is settled twice by this process. */
    private synchronized Response withLetter(String partition, String offset, LetterWork work) {
        String id = partition + "/" + offset;
        return answer(store -> {
            DeadLetter.Position position;
            try {
                position = DeadLetter.Position.parse(id);
            } catch (IllegalArgumentException e) {
                return problem(400, "invalid_id", "id: " + shown(e.getMessage()));
            }
            Optional<DeadLetter> letter = store.find(position);
            return letter.isPresent()
                    ? work.with(store, letter.get())
                    : problem(404, "no_such_dead_letter", "id: there is no open dead letter " + id);
        });
    }

    private Response answer(Work work) {
        if (!enabled) {
            return problem(
                    404,
                    "not_enabled",
                    "dead letters are not served here; set galatea.job-tracking.dead-letters-api to true");
        }
        try {
            return work.at(stores.get());
        } catch (RetryableException e) {
            return problem(503, e.toFailure().code(), String.valueOf(e.getMessage()));
        }
    }

    private static Response settled(DeadLetter letter, String how) {
        LOG.infof("dead letter %s id=%s", how, letter.position());
        return Response.ok(
                        Map.of("object", "dead_letter", "id", letter.position().toString(), "settlement", how))
                .build();
    }

    private static Response problem(int status, String code, String detail) {
        Map<String, Object> problem = Map.of(
                "type", "urn:galatea:problem:" + code,
                "title", Response.Status.fromStatusCode(status).getReasonPhrase(),
                "status", status,
                "code", code,
                "detail", detail);
        return Response.status(status)
                .type("application/problem+json")
                .entity(problem)
                .build();
    }

    private static String shown(@Nullable String value) {
        String text = String.valueOf(value);
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    }
}
