package dev.galatea.gateway.api;

import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.CanonicalJson;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The {@code Idempotency-Key} of a request. It becomes the job id, and admission takes an id once: so repeating a
 * request is safe on any replica, and none of them remembers keys. The prompt carries the digest of its request into
 * the job's state, which tells the request that was taken from others with the same key, whichever came first.
 */
final class IdempotencyKey {

    /** The header that has it. */
    static final String HEADER = "Idempotency-Key";

    /** Media of which nothing is said. */
    private static final ReferenceMedia DEFAULTS =
            new ReferenceMedia(ReferenceMedia.Role.FIRST_FRAME, MediaSource.at("https://none"), null, null, null);

    private static final int DELETE = 0x7f;
    private static final int MAX_LENGTH = 255;

    private IdempotencyKey() {}

    /**
     * The key of a request; null if it has none. A client that sends the header means it, so that it is refused if it
     * can't be a key: the request would be repeated in the belief that it is safe.
     *
     * @param values of all headers of this name
     */
    static @Nullable String of(List<String> values) {
        if (values.isEmpty()) {
            return null;
        }
        if (values.size() > 1) {
            throw invalid("is given " + values.size() + " times; valid is one");
        }
        String key = values.get(0);
        if (key.isBlank() || key.length() > MAX_LENGTH) {
            throw invalid("has " + key.strip().length() + " characters; valid are 1 to " + MAX_LENGTH);
        }
        if (key.chars().anyMatch(character -> character < ' ' || character == DELETE)) {
            throw invalid("has a control character; valid are 1 to " + MAX_LENGTH + " others");
        }
        return key;
    }

    private static ProblemException invalid(String problem) {
        return ProblemException.badRequest("invalid_idempotency_key", HEADER, problem);
    }

    /**
     * The id of one of the jobs that a request asks for; a random one if there is no key.
     *
     * @param index of the job among those of the request
     */
    static JobId jobId(@Nullable String key, int index) {
        if (key == null) {
            return JobId.random();
        }
        String name = "galatea/idempotency-key/" + index + "/" + key;
        return new JobId(UUID.nameUUIDFromBytes(name.getBytes(UTF_8)));
    }

    /**
     * The prompts of a request with the digest of all that it asks for: how many videos, and each field that it set.
     * What it left to the model is part of that, because models may change what they take then; what it left to this
     * API is the same as its default. Media count by their content, because it names them in the store, and not by the
     * field that has them.
     *
     * @param asked what the request says, in prompts
     */
    static List<PromptSubmitted> sign(
            @Nullable String key, List<PromptSubmitted> prompts, List<PromptSubmitted> asked) {
        if (key == null) {
            return prompts;
        }
        Sha256 digest = CanonicalJson.digest(
                asked.stream().map(IdempotencyKey::withoutDefaults).toList());
        return prompts.stream().map(prompt -> prompt.withRequestDigest(digest)).toList();
    }

    private static PromptSubmitted withoutDefaults(PromptSubmitted asked) {
        ReferenceMedia media = asked.settings().reference();
        return asked.withTruncate(Boolean.TRUE.equals(asked.truncate()) ? null : asked.truncate())
                .withSettings(settings -> settings.reference(media == null ? null : withoutDefaults(media)));
    }

    private static ReferenceMedia withoutDefaults(ReferenceMedia media) {
        ReferenceMedia.Fit fit = media.fitOrDefault() == DEFAULTS.fitOrDefault() ? null : media.fit();
        boolean isWhite = media.backgroundOrWhite() == DEFAULTS.backgroundOrWhite();
        return new ReferenceMedia(media.role(), media.source(), media.strength(), fit, media.end())
                .withBackground(isWhite ? null : media.background());
    }

    /** Says whether a job was asked for by the same request as a prompt. */
    static boolean isSame(PromptSubmitted prompt, JobState known) {
        Sha256 asked = prompt.requestDigest();
        if (asked == null) {
            // Without a key the id is a new one.
            return true;
        }
        // Jobs from before there were digests are told apart by their prompts.
        return known.requestDigest() == null
                ? known.prompt().equals(prompt.prompt())
                : asked.equals(known.requestDigest());
    }

    /** The refusal of a key that another request has had. */
    static ProblemException reused(JobId first) {
        return ProblemException.unprocessable(
                "idempotency_key_reused",
                HEADER,
                "was used for another request (video " + first + "); valid is a new key for each request");
    }

    /** The refusal of a key whose video was deleted. */
    static ProblemException deleted(JobId first) {
        return ProblemException.unprocessable(
                "idempotency_key_reused",
                HEADER,
                "was used for video " + first + ", which was deleted; valid is a new key for each request");
    }
}
