package dev.galatea.gateway.jobs;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.JobId;

/**
 * The prompts submitted through this replica that are not in the job states yet, so that a client can read them at
 * once. Bounded: the oldest are forgotten first. Thread-safe.
 */
@ApplicationScoped
public class RecentSubmissions {

    private static final int MAX_SUBMISSIONS = 10_000;
    private static final int MAX_PROMPT_UNITS = 4_000;

    private final Map<JobId, Submission> recent = new LinkedHashMap<>();

    /** A prompt that the broker has. */
    public record Submission(PromptSubmitted prompt, Instant at) {}

    /** Remembers a prompt, unless one of the same job is remembered; returns what is then. */
    public synchronized Submission add(PromptSubmitted prompt, Instant at) {
        Submission earlier = recent.get(prompt.jobId());
        if (earlier != null) {
            return earlier;
        }
        Submission submission = new Submission(shortened(prompt), at);
        recent.put(prompt.jobId(), submission);
        if (recent.size() > MAX_SUBMISSIONS) {
            recent.remove(recent.keySet().iterator().next());
        }
        return submission;
    }

    /** The prompt of a job, if its state has not been seen yet. */
    public synchronized Optional<Submission> find(JobId jobId) {
        return Optional.ofNullable(recent.get(jobId));
    }

    /** The job's state is there: it says more. */
    public synchronized void forget(JobId jobId) {
        recent.remove(jobId);
    }

    private static PromptSubmitted shortened(PromptSubmitted prompt) {
        String text = prompt.prompt();
        String shown = text.length() > MAX_PROMPT_UNITS ? text.substring(0, MAX_PROMPT_UNITS) + "…" : text;
        return prompt.withPrompt(shown)
                .withSettings(settings -> settings.negativePrompt(null).reference(null));
    }
}
