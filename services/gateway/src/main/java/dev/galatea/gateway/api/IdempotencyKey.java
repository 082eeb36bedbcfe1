package dev.galatea.gateway.api;

import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The {@code Idempotency-Key} of a request. It becomes the job id, and admission takes an id once: so repeating a
 * request is safe on any replica, and none of them remembers keys.
 */
final class IdempotencyKey {

    private static final String HEADER = "Idempotency-Key";
    private static final int MAX_LENGTH = 255;

    private IdempotencyKey() {}

    /**
     * The id of one of the jobs that a request asks for; a random one if there is no key.
     *
     * @param index of the job among those of the request
     */
    static JobId jobId(@Nullable String key, int index) {
        if (key == null) {
            return JobId.random();
        }
        if (key.isBlank() || key.length() > MAX_LENGTH) {
            throw ProblemException.badRequest(
                    "invalid_idempotency_key",
                    HEADER,
                    "has " + key.length() + " characters; valid are 1 to " + MAX_LENGTH);
        }
        String name = "galatea/idempotency-key/" + index + "/" + key;
        return new JobId(UUID.nameUUIDFromBytes(name.getBytes(UTF_8)));
    }

    /** Refuses a prompt whose job id is that of a job that another request asked for. */
    static void checkSame(PromptSubmitted prompt, JobState known) {
        JobSpec spec = known.spec();
        boolean same = spec == null
                ? known.prompt().equals(prompt.prompt())
                : spec.prompt().equals(prompt.prompt()) && sameSettings(prompt, spec);
        if (!same) {
            throw reused(known.jobId());
        }
    }

    /** The refusal of a key that another request has had. */
    static ProblemException reused(JobId first) {
        return ProblemException.unprocessable(
                "idempotency_key_reused",
                HEADER,
                "was used for another request (video " + first + "); valid is a new key for each request");
    }

    private static boolean sameSettings(PromptSubmitted prompt, JobSpec spec) {
        ReferenceMedia reference = spec.reference();
        // The spec of an extension says how much is made, and its prompt how much of that is new.
        boolean extension = reference != null && reference.role() == ReferenceMedia.Role.EXTENSION;
        return Objects.equals(prompt.settings().reference(), reference)
                && prompt.settings()
                        .agreesWith(
                                spec.settings(),
                                field -> !(extension && field.name().equals("frames")));
    }
}
