package dev.galatea.gateway.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.EventPublisher;
import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.JobPage;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.jobs.JobsUnavailableException;
import dev.galatea.gateway.jobs.Phase;
import dev.galatea.gateway.jobs.RecentSubmissions;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.id.JobId;

/** Takes orders to the broker and waits a moment for what becomes of them. Thread-safe; calls block. */
@ApplicationScoped
class Desk {

    private static final String SOURCE = "/services/gateway";

    private final GatewayConfig config;
    private final EventPublisher publisher;
    private final Jobs jobs;
    private final RecentSubmissions recent;

    @Inject
    Desk(GatewayConfig config, EventPublisher publisher, Jobs jobs, RecentSubmissions recent) {
        this.config = config;
        this.publisher = publisher;
        this.jobs = jobs;
        this.recent = recent;
    }

    /**
     * Publishes what was ordered; a refusal that comes in time is a problem, otherwise the jobs are at least queued. An
     * order whose jobs are known was given before, and is answered again.
     *
     * @return the first of the videos, which names the others
     */
    Video submit(List<PromptSubmitted> order) {
        PromptSubmitted first = order.get(0);
        Optional<JobState> known = state(first.jobId());
        if (known.isPresent()) {
            IdempotencyKey.checkSame(first, known.get());
        } else {
            checkRoom(order.size());
        }
        List<String> ids = new ArrayList<>();
        Video answer = null;
        for (PromptSubmitted prompt : order) {
            Video video = known.isPresent() ? find(prompt.jobId()) : submit(prompt);
            answer = answer == null ? video : answer;
            ids.add(video.id());
        }
        return ids.size() == 1 ? answer : answer.withBatch(ids);
    }

    private Video submit(PromptSubmitted prompt) {
        CompletableFuture<Optional<JobState>> admission = jobs.next(prompt.jobId(), state -> true);
        Instant now = Instant.now();
        try {
            RecentSubmissions.Submission submission = recent.add(prompt, now);
            publish(prompt, now);
            Optional<JobState> state = await(admission, config.admissionWait());
            if (state.isPresent()) {
                return admitted(state.get(), prompt);
            }
            return Videos.of(submission.prompt(), submission.at());
        } catch (ProblemException e) {
            recent.forget(prompt.jobId());
            throw e;
        } finally {
            admission.cancel(false);
        }
    }

    /** What is known of a job. */
    Video find(JobId jobId) {
        // In this order: a submission is forgotten only after its state is in the store.
        Optional<RecentSubmissions.Submission> submitted = recent.find(jobId);
        Optional<JobState> state = state(jobId);
        if (state.isPresent()) {
            return video(state.get(), true);
        }
        return submitted
                .map(submission -> Videos.of(submission.prompt(), submission.at()))
                .orElseThrow(() -> unknown(jobId.toString()));
    }

    /** A page of videos. */
    VideoList list(@Nullable Phase phase, @Nullable JobId after, int limit, boolean newestFirst) {
        try {
            JobPage page = jobs.list(phase, after, limit, newestFirst);
            return VideoList.of(
                    page.states().stream().map(state -> video(state, false)).toList(), page.hasMore());
        } catch (JobsUnavailableException e) {
            throw unavailable(e);
        }
    }

    /** The state of a job, if it is in the job states. */
    Optional<JobState> state(JobId jobId) {
        try {
            return jobs.find(jobId);
        } catch (JobsUnavailableException e) {
            throw unavailable(e);
        }
    }

    /** Asks to cancel a job that is not done. */
    Video cancel(JobId jobId) {
        Video before = find(jobId);
        if (isDone(jobId)) {
            throw ProblemException.conflict(
                    "already_done", "id", "video " + jobId + " is " + before.status() + " already");
        }
        return stop(jobId, "cancelled over HTTP").orElse(before);
    }

    /** Asks to cancel a job if it is not done, and says whether it is. */
    boolean end(JobId jobId) {
        find(jobId);
        return isDone(jobId) || stop(jobId, "deleted over HTTP").isPresent() && isDone(jobId);
    }

    /** Asks to forget a job that is done; says whether that happened in time. */
    boolean forget(JobId jobId) {
        CompletableFuture<Optional<JobState>> gone = jobs.forgotten(jobId);
        try {
            Instant now = Instant.now();
            publish(JobCommand.delete(jobId, "deleted over HTTP", now), now);
            await(gone, config.admissionWait());
            return gone.isDone();
        } finally {
            gone.cancel(false);
        }
    }

    static ProblemException unknown(String id) {
        String shown = id.length() > 64 ? id.substring(0, 64) + "…" : id;
        return ProblemException.notFound("unknown_video", "id", "there is no video '" + shown + "'");
    }

    /** A state as it is shown, with what lies before the job. */
    Video video(JobState state, boolean withHistory) {
        return Videos.of(state, jobs.forecast(state), withHistory);
    }

    private Optional<Video> stop(JobId jobId, String reason) {
        CompletableFuture<Optional<JobState>> end =
                jobs.next(jobId, state -> state.status().isDone());
        try {
            Instant now = Instant.now();
            publish(JobCommand.cancel(jobId, reason, now), now);
            return await(end, config.admissionWait()).map(state -> video(state, true));
        } finally {
            end.cancel(false);
        }
    }

    private boolean isDone(JobId jobId) {
        Predicate<JobState> isDone = state -> state.status().isDone();
        return state(jobId).filter(isDone).isPresent();
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
                    "queue_full", open + " videos wait or are being made, and " + config.maxOpenJobs() + " may", pause);
        }
    }

    private Video admitted(JobState state, PromptSubmitted prompt) {
        if (state.status() == JobStatus.REFUSED && state.failure() != null) {
            throw HttpNames.refusal(state.failure(), prompt);
        }
        return video(state, true);
    }

    private void publish(Event event, Instant at) {
        CloudEvent cloudEvent = new CloudEvent(EventIds.random(), SOURCE, at, event);
        try {
            publisher
                    .publishAsync(cloudEvent)
                    .toCompletableFuture()
                    .get(config.publishTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException) {
                throw ProblemException.tooLarge("the request is longer than an event may be");
            }
            throw brokerAway();
        } catch (TimeoutException e) {
            throw brokerAway();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw brokerAway();
        }
    }

    private ProblemException unavailable(JobsUnavailableException e) {
        return ProblemException.unavailable("jobs_unavailable", e.getMessage(), config.retryAfter());
    }

    private ProblemException brokerAway() {
        return ProblemException.unavailable("broker_unavailable", "the broker doesn't answer", config.retryAfter());
    }

    private static Optional<JobState> await(CompletableFuture<Optional<JobState>> future, Duration patience) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
