package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

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
    private static final Duration UNHEARD_OF = Duration.ofMinutes(10);

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

    /**
     * Remembers prompts, if there is room for those that are not remembered yet. Looking and remembering is one step:
     * two requests can't both take the last place.
     *
     * @param hasRoom whether there is room for so many that are under way, these among them
     * @return false if there is no room
     */
    public synchronized boolean addAll(List<PromptSubmitted> prompts, Instant at, IntPredicate hasRoom) {
        int fresh = (int) prompts.stream()
                .filter(prompt -> !recent.containsKey(prompt.jobId()))
                .count();
        if (fresh > 0 && !hasRoom.test(underWay(at) + fresh)) {
            return false;
        }
        prompts.forEach(prompt -> add(prompt, at));
        return true;
    }

    /**
     * The number of jobs that were submitted lately and are not in the job states yet. What nothing was heard of for
     * some minutes takes no room any more.
     */
    public synchronized int underWay(Instant now) {
        Instant begin = now.minus(UNHEARD_OF);
        return (int) recent.values().stream()
                .filter(submission -> submission.at().isAfter(begin))
                .count();
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
