package dev.galatea.gateway.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.AdmissionAnswer;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.jobs.RecentSubmissions;
import dev.galatea.gateway.jobs.RecentSubmissions.Submission;
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
    private final Attachments attachments;

    @Inject
    VideoSubmissions(
            GatewayConfig config,
            EventSender events,
            Jobs jobs,
            VideoLookup videos,
            RecentSubmissions recent,
            Attachments attachments) {
        this.config = config;
        this.events = events;
        this.jobs = jobs;
        this.videos = videos;
        this.recent = recent;
        this.attachments = attachments;
    }

    /**
     * The outcome of one prompt of a request.
     *
     * @param video present if the broker has the prompt and admission did not refuse it in time
     * @param problem present otherwise
     * @param isOver true if nothing is or will be made of the prompt, so that there is nothing to cancel
     * @param isAnothers true if its job is that of another request
     */
    private record Outcome(
            PromptSubmitted prompt,
            @Nullable Video video,
            @Nullable ProblemException problem,
            boolean isOver,
            boolean isAnothers) {

        static Outcome ofAnother(PromptSubmitted prompt, ProblemException problem) {
            return new Outcome(prompt, null, problem, true, true);
        }

        Optional<Video> orFail() {
            if (problem != null) {
                throw problem;
            }
            return Optional.ofNullable(video);
        }

        /** Whether admission said no to this request, so that nothing refers to what it brought along. */
        boolean isRefused() {
            return problem != null && isOver && !isAnothers;
        }
    }

    /**
     * Publishes the prompts of a request. A refusal that comes in time is a problem; otherwise the jobs are at least
     * queued. Prompts whose jobs are known were submitted before, and are answered again, if the request is the same.
     * What the request brought along is stored once there is room for its jobs, and removed again if all of them are
     * refused.
     *
     * @return the first of the videos, which names the others
     */
    Uni<Video> submit(VideoOrder order) {
        return Uni.join()
                .all(order.prompts().stream()
                        .map(prompt -> videos.state(prompt.jobId()))
                        .toList())
                .andFailFast()
                .flatMap(known -> submit(order, known));
    }

    /**
     * Answers a request again of which the prompt can't be made any more, because what it was made from is gone.
     *
     * @param asked what the request says, signed
     * @return empty if it was not answered before
     */
    Uni<Optional<Video>> answerAgain(PromptSubmitted asked) {
        return videos.state(asked.jobId())
                .map(known -> known.flatMap(state -> outcome(asked, state).orFail()));
    }

    private Uni<Video> submit(VideoOrder order, List<Optional<JobState>> known) {
        List<PromptSubmitted> prompts = order.prompts();
        List<PromptSubmitted> missing = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            PromptSubmitted prompt = prompts.get(i);
            known.get(i).filter(state -> !IdempotencyKey.isSame(prompt, state)).ifPresent(other -> {
                throw IdempotencyKey.reused(other.jobId());
            });
            if (known.get(i).isEmpty()) {
                missing.add(prompt);
            }
        }
        if (missing.isEmpty()) {
            return submitAll(order, known);
        }
        takeRoom(missing);
        return attachments
                .store(order)
                .onFailure()
                .invoke(() -> missing.forEach(prompt -> recent.forget(prompt.jobId())))
                .chain(() -> submitAll(order, known));
    }

    private Uni<Video> submitAll(VideoOrder order, List<Optional<JobState>> known) {
        List<Uni<Outcome>> outcomes = IntStream.range(0, known.size())
                .mapToObj(i -> outcome(order.prompts().get(i), known.get(i)))
                .toList();
        return Uni.join().all(outcomes).andFailFast().flatMap(all -> answer(order, all));
    }

    private Uni<Outcome> outcome(PromptSubmitted prompt, Optional<JobState> known) {
        return known.isPresent() ? Uni.createFrom().item(outcome(prompt, known.get())) : submitOne(prompt);
    }

    private Uni<Outcome> submitOne(PromptSubmitted prompt) {
        Instant now = Instant.now();
        Submission submission = recent.add(prompt, now);
        if (!Objects.equals(submission.prompt().requestDigest(), prompt.requestDigest())) {
            return Uni.createFrom().item(Outcome.ofAnother(prompt, IdempotencyKey.reused(prompt.jobId())));
        }
        boolean mayBeKnown = prompt.requestDigest() != null;
        return jobs.answerTo(events.publish(prompt, now), prompt.jobId(), mayBeKnown, config.admissionWait())
                .invoke(answer -> {
                    // Of one that was known before nothing new comes, by which it would be forgotten.
                    if (answer.state() != null) {
                        recent.forget(prompt.jobId());
                    }
                })
                .map(answer -> outcome(submission, prompt, answer))
                .onFailure(ProblemException.class)
                .recoverWithItem(failure -> new Outcome(prompt, null, (ProblemException) failure, false, false))
                .invoke(outcome -> {
                    if (outcome.problem() != null) {
                        recent.forget(prompt.jobId());
                    }
                });
    }

    private Outcome outcome(Submission submission, PromptSubmitted prompt, AdmissionAnswer answer) {
        if (answer.isForgotten()) {
            return Outcome.ofAnother(prompt, IdempotencyKey.deleted(prompt.jobId()));
        }
        return answer.state() == null
                ? new Outcome(prompt, Videos.of(submission.prompt(), submission.at()), null, false, false)
                : outcome(prompt, answer.state());
    }

    private Outcome outcome(PromptSubmitted prompt, JobState state) {
        if (!IdempotencyKey.isSame(prompt, state)) {
            return Outcome.ofAnother(prompt, IdempotencyKey.reused(state.jobId()));
        }
        if (state.status() == JobStatus.REFUSED && state.failure() != null) {
            return new Outcome(prompt, null, HttpNames.refusal(state.failure(), prompt), true, false);
        }
        return new Outcome(
                prompt, videos.video(state, true), null, state.status().isDone(), false);
    }

    private Uni<Video> answer(VideoOrder order, List<Outcome> outcomes) {
        Optional<ProblemException> problem = outcomes.stream()
                .flatMap(outcome -> Stream.ofNullable(outcome.problem()))
                .findFirst();
        if (problem.isEmpty()) {
            return Uni.createFrom()
                    .item(batch(outcomes.stream()
                            .flatMap(outcome -> Stream.ofNullable(outcome.video()))
                            .toList()));
        }
        Uni<Void> tidy = outcomes.stream().allMatch(Outcome::isRefused)
                ? attachments.remove(order)
                : Uni.createFrom().voidItem();
        return cancelRest(outcomes).chain(() -> tidy).chain(() -> Uni.createFrom()
                .failure(problem.get()));
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
                .filter(outcome -> !outcome.isOver())
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

    /** Counts the jobs in before anything is stored or published, so that those of other requests find less room. */
    private void takeRoom(List<PromptSubmitted> prompts) {
        if (!recent.addAll(prompts, Instant.now(), underWay -> jobs.openCount() + underWay <= config.maxOpenJobs())) {
            throw queueFull();
        }
    }

    private ProblemException queueFull() {
        List<JobState> queue = jobs.open();
        int open = jobs.openCount() + recent.underWay(Instant.now());
        double wait = queue.isEmpty() ? 0 : jobs.remaining().of(queue.get(0)).orElse(0);
        Duration pause = Duration.ofSeconds((long) Math.max(config.retryAfter().toSeconds(), Math.ceil(wait)));
        return ProblemException.tooMany(
                "queue_full",
                open + " videos are queued or in progress; at most " + config.maxOpenJobs() + " are allowed",
                pause);
    }
}
