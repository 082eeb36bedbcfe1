package dev.galatea.gateway.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.jobs.RecentSubmissions;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;

/**
 * Submits prompts, and gives admission a moment to answer. The prompts of one request are published together and
 * awaited together; either all of them are accepted, or those that were are cancelled. Thread-safe; nothing blocks its
 * caller.
 */
@ApplicationScoped
class VideoSubmissions {

    private static final Logger LOG = Logger.getLogger(VideoSubmissions.class);

    private final GatewayConfig config;
    private final EventSender events;
    private final Jobs jobs;
    private final VideoLookup videos;
    private final RecentSubmissions recent;

    @Inject
    VideoSubmissions(
            GatewayConfig config, EventSender events, Jobs jobs, VideoLookup videos, RecentSubmissions recent) {
        this.config = config;
        this.events = events;
        this.jobs = jobs;
        this.videos = videos;
        this.recent = recent;
    }

    /**
     * The outcome of one prompt of a request.
     *
     * @param video present if the broker has the prompt and admission did not refuse it in time
     * @param problem present otherwise
     * @param isRefused true if admission refused the prompt
     */
    private record Outcome(
            PromptSubmitted prompt,
            @Nullable Video video,
            @Nullable ProblemException problem,
            boolean isRefused) {}

    /**
     * Publishes the prompts of a request. A refusal that comes in time is a problem; otherwise the jobs are at least
     * queued. Prompts whose jobs are known were submitted before, and are answered again.
     *
     * @return the first of the videos, which names the others
     */
    Uni<Video> submit(List<PromptSubmitted> prompts) {
        PromptSubmitted first = prompts.get(0);
        return videos.state(first.jobId()).flatMap(known -> {
            if (known.isPresent()) {
                IdempotencyKey.checkSame(first, known.get());
                return findAll(prompts);
            }
            checkRoom(prompts.size());
            return submitAll(prompts);
        });
    }

    private Uni<Video> findAll(List<PromptSubmitted> prompts) {
        return Uni.join()
                .all(prompts.stream()
                        .map(prompt -> videos.findIfKnown(prompt.jobId()))
                        .toList())
                .andFailFast()
                .map(found -> batch(found.stream()
                        // The key was used for fewer videos.
                        .map(video -> video.orElseThrow(
                                () -> IdempotencyKey.reused(prompts.get(0).jobId())))
                        .toList()));
    }

    private Uni<Video> submitAll(List<PromptSubmitted> prompts) {
        return Uni.join()
                .all(prompts.stream().map(this::submitOne).toList())
                .andFailFast()
                .flatMap(this::answer);
    }

    private Uni<Outcome> submitOne(PromptSubmitted prompt) {
        Instant now = Instant.now();
        RecentSubmissions.Submission submission = recent.add(prompt, now);
        return jobs.stateAfter(events.publish(prompt, now), prompt.jobId(), state -> true, config.admissionWait())
                .map(state -> outcome(submission, prompt, state))
                .onFailure(ProblemException.class)
                .recoverWithItem(failure -> new Outcome(prompt, null, (ProblemException) failure, false))
                .invoke(outcome -> {
                    if (outcome.problem() != null) {
                        recent.forget(prompt.jobId());
                    }
                });
    }

    private Outcome outcome(
            RecentSubmissions.Submission submission, PromptSubmitted prompt, Optional<JobState> admitted) {
        if (admitted.isEmpty()) {
            return new Outcome(prompt, Videos.of(submission.prompt(), submission.at()), null, false);
        }
        JobState state = admitted.get();
        if (state.status() == JobStatus.REFUSED && state.failure() != null) {
            return new Outcome(prompt, null, HttpNames.refusal(state.failure(), prompt), true);
        }
        return new Outcome(prompt, videos.video(state, true), null, false);
    }

    private Uni<Video> answer(List<Outcome> outcomes) {
        Optional<ProblemException> problem = outcomes.stream()
                .flatMap(outcome -> Stream.ofNullable(outcome.problem()))
                .findFirst();
        if (problem.isEmpty()) {
            return Uni.createFrom()
                    .item(batch(outcomes.stream()
                            .flatMap(outcome -> Stream.ofNullable(outcome.video()))
                            .toList()));
        }
        return cancelRest(outcomes).chain(() -> Uni.createFrom().failure(problem.get()));
    }

    /**
     * Cancels what else a request asked for, if any of it was accepted. A prompt of which it is not known whether the
     * broker has it is cancelled, too. If none was accepted, none is: the request can be repeated with its key.
     */
    private Uni<Void> cancelRest(List<Outcome> outcomes) {
        if (outcomes.stream().allMatch(outcome -> outcome.video() == null)) {
            return Uni.createFrom().voidItem();
        }
        List<Uni<Void>> cancels = outcomes.stream()
                .filter(outcome -> !outcome.isRefused())
                .map(outcome -> cancel(outcome.prompt()))
                .toList();
        return Uni.join().all(cancels).andFailFast().replaceWithVoid();
    }

    private Uni<Void> cancel(PromptSubmitted prompt) {
        Instant now = Instant.now();
        return events.publish(JobCommand.cancel(prompt.jobId(), "another video of the request was refused", now), now)
                .onFailure()
                .invoke(failure -> LOG.warnf("not cancelled jobId=%s reason=%s", prompt.jobId(), failure.getMessage()))
                .onFailure()
                .recoverWithNull();
    }

    private static Video batch(List<Video> made) {
        Video first = made.get(0);
        return made.size() == 1
                ? first
                : first.withBatch(made.stream().map(Video::id).toList());
    }

    private void checkRoom(int wanted) {
        int open = jobs.openCount();
        if (open + wanted > config.maxOpenJobs()) {
            List<JobState> queue = jobs.open();
            double wait =
                    queue.isEmpty() ? 0 : jobs.remaining().of(queue.get(0)).orElse(0);
            Duration pause =
                    Duration.ofSeconds((long) Math.max(config.retryAfter().toSeconds(), Math.ceil(wait)));
            throw ProblemException.tooMany(
                    "queue_full",
                    open + " videos are queued or in progress; at most " + config.maxOpenJobs() + " are allowed",
                    pause);
        }
    }
}
