package dev.galatea.gateway.api;

import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.smallrye.mutiny.Uni;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.jobs.JobsUnavailableException;
import dev.galatea.gateway.jobs.RecentSubmissions;
import dev.galatea.gateway.jobs.VideoStatus;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;

/** Finds videos: in the job states, or among what was just submitted here. Thread-safe; nothing blocks its caller. */
@ApplicationScoped
class VideoLookup {

    private static final int MAX_ID_SHOWN = 64;

    private final Jobs jobs;
    private final RecentSubmissions recent;
    private final Duration retryAfter;
    private final Duration retention;

    /** @param retention job-tracking's, which removes what is over: services share their environment */
    @Inject
    VideoLookup(
            GatewayConfig config,
            @ConfigProperty(name = "galatea.job-tracking.retention", defaultValue = "7d") Duration retention,
            Jobs jobs,
            RecentSubmissions recent) {
        this(jobs, recent, config.retryAfter(), retention);
    }

    VideoLookup(Jobs jobs, RecentSubmissions recent, Duration retryAfter, Duration retention) {
        this.jobs = jobs;
        this.recent = recent;
        this.retryAfter = retryAfter;
        this.retention = retention;
    }

    /** Finds a video, or fails because there is none. */
    Uni<Video> find(JobId jobId) {
        return findIfKnown(jobId).map(video -> video.orElseThrow(() -> unknown(jobId.toString())));
    }

    /** Finds a video that may not be there; one that was just submitted is. */
    Uni<Optional<Video>> findIfKnown(JobId jobId) {
        return Uni.createFrom().deferred(() -> {
            // In this order: a submission is forgotten only after its state is in the store.
            Optional<RecentSubmissions.Submission> submitted = recent.find(jobId);
            return state(jobId).map(state -> state.map(known -> video(known, true))
                    .or(() -> submitted.map(submission -> Videos.of(submission.prompt(), submission.at()))));
        });
    }

    /** Finds the state of a job; empty if it is not in the job states. */
    Uni<Optional<JobState>> state(JobId jobId) {
        return jobs.find(jobId).onFailure(JobsUnavailableException.class).transform(this::unavailable);
    }

    /** Lists a page of videos. */
    Uni<VideoList> list(@Nullable VideoStatus phase, @Nullable JobId after, int limit, boolean newestFirst) {
        return jobs.list(phase, after, limit, newestFirst)
                .map(page -> VideoList.of(
                        page.states().stream().map(state -> video(state, false)).toList(), page.hasMore()))
                .onFailure(JobsUnavailableException.class)
                .transform(this::unavailable)
                .onFailure(NoSuchElementException.class)
                .transform(unknown -> ProblemException.badRequest(
                        "invalid_after",
                        "after",
                        "'" + after + "' is the id of no video, and not that of one that was deleted lately; valid is"
                                + " the last id of a page"));
    }

    /** Shows a state, with what lies before the job. */
    Video video(JobState state, boolean withHistory) {
        return Videos.of(state, jobs.forecast(state), withHistory, retention);
    }

    static ProblemException unknown(String id) {
        return unknown("id", id);
    }

    /** @param param the field or parameter that the id came in */
    static ProblemException unknown(String param, String id) {
        String shown = id.length() > MAX_ID_SHOWN ? id.substring(0, MAX_ID_SHOWN) + "…" : id;
        return ProblemException.notFound("unknown_video", param, "there is no video '" + shown + "'");
    }

    private ProblemException unavailable(Throwable e) {
        return ProblemException.unavailable("jobs_unavailable", String.valueOf(e.getMessage()), retryAfter);
    }
}
