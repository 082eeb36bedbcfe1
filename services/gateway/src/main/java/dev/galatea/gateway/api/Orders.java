package dev.galatea.gateway.api;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Makes prompt events of requests. An {@code Idempotency-Key} becomes the job id, and admission takes an id once: so
 * repeating a request is safe on any replica, and none of them remembers keys.
 */
@ApplicationScoped
class Orders {

    private static final int MAX_KEY = 255;

    private final GatewayConfig config;
    private final Models models;

    @Inject
    Orders(GatewayConfig config, Models models) {
        this.config = config;
        this.models = models;
    }

    /** The prompts that a body asks for, at least one. */
    List<PromptSubmitted> read(JsonNode body, @Nullable String idempotencyKey) {
        VideoRequest request = VideoRequest.of(body);
        models.checkFps(request.model(), request.fps());
        List<PromptSubmitted> order = new ArrayList<>();
        int count = request.count(config.maxVideosPerRequest());
        for (int index = 0; index < count; index++) {
            order.add(request.toPrompt(jobId(idempotencyKey, index), index));
        }
        return order;
    }

    /** The prompt that makes another video with the settings of one, and its noise. */
    static PromptSubmitted remix(JobState original, String prompt, @Nullable String idempotencyKey) {
        JobSpec spec = original.spec();
        if (spec == null) {
            throw ProblemException.conflict(
                    "not_remixable", "id: video " + original.jobId() + " was refused; valid is one that was accepted");
        }
        return new PromptSubmitted(
                jobId(idempotencyKey, 0),
                prompt,
                spec.negativePrompt(),
                spec.model(),
                spec.width(),
                spec.height(),
                spec.frames(),
                null,
                spec.steps(),
                spec.guidance(),
                spec.seed(),
                null,
                original.jobId());
    }

    /** Refuses an order whose id is that of another one. */
    static void checkSame(PromptSubmitted prompt, JobState known) {
        JobSpec spec = known.spec();
        boolean same = spec == null
                ? known.prompt().equals(prompt.prompt())
                : spec.prompt().equals(prompt.prompt())
                        && agrees(prompt.negativePrompt(), spec.negativePrompt())
                        && agrees(prompt.model(), spec.model())
                        && agrees(prompt.width(), spec.width())
                        && agrees(prompt.height(), spec.height())
                        && agrees(prompt.frames(), spec.frames())
                        && agrees(prompt.steps(), spec.steps())
                        && agrees(prompt.guidance(), spec.guidance())
                        && agrees(prompt.seed(), spec.seed());
        if (!same) {
            throw ProblemException.unprocessable(
                    "idempotency_key_reused",
                    "Idempotency-Key: was used for another request (video " + known.jobId()
                            + "); valid is a new key for each request");
        }
    }

    private static boolean agrees(@Nullable Object asked, Object had) {
        return asked == null || asked.equals(had);
    }

    private static JobId jobId(@Nullable String key, int index) {
        if (key == null) {
            return JobId.random();
        }
        if (key.isBlank() || key.length() > MAX_KEY) {
            throw ProblemException.badRequest(
                    "invalid_idempotency_key",
                    "Idempotency-Key: has " + key.length() + " characters; valid are 1 to " + MAX_KEY);
        }
        String name = "galatea/idempotency-key/" + index + "/" + key;
        return new JobId(UUID.nameUUIDFromBytes(name.getBytes(UTF_8)));
    }
}
