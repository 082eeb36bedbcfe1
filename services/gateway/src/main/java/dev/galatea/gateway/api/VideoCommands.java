package dev.galatea.gateway.api;

import java.time.Instant;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.smallrye.mutiny.Uni;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;

/** Cancels and forgets jobs, and gives job-tracking a moment to obey. Thread-safe; nothing blocks its caller. */
@ApplicationScoped
class VideoCommands {

    private final GatewayConfig config;
    private final EventSender events;
    private final Jobs jobs;
    private final VideoLookup videos;

    @Inject
    VideoCommands(GatewayConfig config, EventSender events, Jobs jobs, VideoLookup videos) {
        this.config = config;
        this.events = events;
        this.jobs = jobs;
        this.videos = videos;
    }

    /** Asks to cancel a job, or fails because it is done. */
    Uni<Video> cancel(JobId jobId) {
        return videos.find(jobId).flatMap(before -> isDone(jobId).flatMap(done -> {
            if (done) {
                throw ProblemException.conflict(
                        "already_done", "id", "video " + jobId + " is " + before.status() + " already");
            }
            return stop(jobId, "cancelled over HTTP").map(stopped -> stopped.map(state -> videos.video(state, true))
                    .orElse(before));
        }));
    }

    /** Asks to cancel a job if it is not done, and tells whether it is done then. */
    Uni<Boolean> end(JobId jobId) {
        return videos.find(jobId)
                .flatMap(known -> isDone(jobId))
                .flatMap(done -> done
                        ? Uni.createFrom().item(true)
                        : stop(jobId, "deleted over HTTP").map(Optional::isPresent));
    }

    /** Asks to forget a job that is done, and tells whether that happened in time. */
    Uni<Boolean> forget(JobId jobId) {
        Instant now = Instant.now();
        return jobs.forgottenAfter(
                events.publish(JobCommand.delete(jobId, "deleted over HTTP", now), now), jobId, config.admissionWait());
    }

    private Uni<Optional<JobState>> stop(JobId jobId, String reason) {
        Instant now = Instant.now();
        return jobs.stateAfter(
                events.publish(JobCommand.cancel(jobId, reason, now), now),
                jobId,
                state -> state.status().isDone(),
                config.admissionWait());
    }

    private Uni<Boolean> isDone(JobId jobId) {
        return videos.state(jobId)
                .map(state -> state.filter(known -> known.status().isDone()).isPresent());
    }
}
