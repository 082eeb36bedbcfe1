package dev.galatea.gateway.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.apache.kafka.common.errors.RecordTooLargeException;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.jobs.JobsUnavailableException;
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
import dev.galatea.plumbing.event.EventPublisher;

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

    /** Publishes a prompt; a refusal that comes in time is a problem, otherwise the job is at least queued. */
    Video submit(PromptSubmitted prompt) {
        CompletableFuture<JobState> admission = jobs.next(prompt.jobId(), state -> true);
        Instant now = Instant.now();
        try {
            RecentSubmissions.Submission submission = recent.add(prompt, now);
            publish(prompt, now);
            Optional<JobState> state = await(admission, config.admissionWait());
            if (state.isPresent()) {
                return admitted(state.get());
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
            return Videos.of(state.get());
        }
        return submitted
                .map(submission -> Videos.of(submission.prompt(), submission.at()))
                .orElseThrow(() -> unknown(jobId.toString()));
    }

    /** The state of a job, if it is in the job states. */
    Optional<JobState> state(JobId jobId) {
        try {
            return jobs.find(jobId);
        } catch (JobsUnavailableException e) {
            throw ProblemException.unavailable("jobs_unavailable", e.getMessage(), config.retryAfter());
        }
    }

    /** Asks to cancel a job that is not done. */
    Video cancel(JobId jobId) {
        Video before = find(jobId);
        Predicate<JobState> isDone = state -> state.status().isDone();
        if (state(jobId).filter(isDone).isPresent()) {
            throw ProblemException.conflict(
                    "already_done", "id: video " + jobId + " is " + before.status() + " already");
        }
        CompletableFuture<JobState> end = jobs.next(jobId, isDone);
        try {
            Instant now = Instant.now();
            publish(JobCommand.cancel(jobId, "cancelled over HTTP", now), now);
            return await(end, config.admissionWait()).map(Videos::of).orElse(before);
        } finally {
            end.cancel(false);
        }
    }

    static ProblemException unknown(String id) {
        String shown = id.length() > 64 ? id.substring(0, 64) + "…" : id;
        return ProblemException.notFound("unknown_video", "id: there is no video '" + shown + "'");
    }

    private static Video admitted(JobState state) {
        if (state.status() == JobStatus.REFUSED && state.failure() != null) {
            throw ProblemException.badRequest(
                    state.failure().code(), state.failure().message());
        }
        return Videos.of(state);
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

    private ProblemException brokerAway() {
        return ProblemException.unavailable("broker_unavailable", "the broker doesn't answer", config.retryAfter());
    }

    private static Optional<JobState> await(CompletableFuture<JobState> future, Duration patience) {
        try {
            return Optional.of(future.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
