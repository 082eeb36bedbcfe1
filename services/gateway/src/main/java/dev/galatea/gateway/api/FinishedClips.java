package dev.galatea.gateway.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;

/** Waits for the end of jobs, and answers with their clips. Thread-safe; nothing blocks its caller. */
@ApplicationScoped
class FinishedClips {

    /** The beginnings of the codes of failures that the request is to blame for. */
    private static final List<String> CALLERS = List.of("media_", "reference_");

    private final Jobs jobs;
    private final VideoLookup videos;
    private final Downloads downloads;
    private final GatewayStop stop;
    private final GatewayConfig config;
    private final ObjectMapper json;

    @Inject
    FinishedClips(
            Jobs jobs,
            VideoLookup videos,
            Downloads downloads,
            GatewayStop stop,
            GatewayConfig config,
            ObjectMapper json) {
        this.jobs = jobs;
        this.videos = videos;
        this.downloads = downloads;
        this.stop = stop;
        this.config = config;
        this.json = json;
    }

    /**
     * Answers with the clip of a job once it is there; fails with a problem if there won't be one, or if it is not
     * there in time or before the gateway stops, in which cases it goes on being made.
     */
    Uni<Response> await(JobId jobId, RoutingContext exchange) {
        Uni<Optional<JobState>> coming =
                jobs.stateAfter(Uni.createFrom().voidItem(), jobId, FinishedClips::isDone, config.syncTimeout());
        // The first is subscribed to first: an end that it misses is there for the second.
        Uni<Optional<JobState>> known = videos.state(jobId)
                .flatMap(state -> state.filter(FinishedClips::isDone).isPresent()
                        ? Uni.createFrom().item(state)
                        : Uni.createFrom().nothing());
        Uni<Optional<JobState>> stopped =
                stop.begun().onItem().transformToUni(begun -> Uni.createFrom().failure(stopping(jobId)));
        return Uni.combine()
                .any()
                .of(coming, known, stopped)
                .flatMap(state -> state.isEmpty() ? late(jobId) : clip(state.get(), exchange));
    }

    private static boolean isDone(JobState state) {
        return state.status().isDone();
    }

    private Uni<Response> late(JobId jobId) {
        throw ProblemException.notInTime(
                "not_done_in_time",
                "video " + jobId + " is not done after " + config.syncTimeout().toSeconds()
                        + " s; it goes on being made, and GET /v1/videos/" + jobId + " tells what becomes of it",
                jobId.toString());
    }

    private static ProblemException stopping(JobId jobId) {
        return ProblemException.failed(
                503,
                "stopping",
                "the gateway stops before video " + jobId + " is done; it goes on being made, and GET /v1/videos/"
                        + jobId + " tells what becomes of it",
                jobId.toString());
    }

    private Uni<Response> clip(JobState state, RoutingContext exchange) {
        if (state.status() != JobStatus.COMPLETED) {
            throw failed(state);
        }
        return downloads
                .answer(state.jobId(), null, Downloads.Conditions.NONE, exchange)
                .map(response -> Locations.with(
                                Response.fromResponse(response), state.jobId().toString())
                        .header("x-video-id", state.jobId())
                        .header("x-model", state.model())
                        .header("x-inference-time-s", JobDetails.tenths(seconds(state)))
                        .header("x-stage-durations", durations(state))
                        .build());
    }

    private static ProblemException failed(JobState state) {
        Failure failure = state.failure();
        String id = state.jobId().toString();
        if (failure == null) {
            return ProblemException.failed(500, "failed", "video " + id + " failed", id);
        }
        String message = HttpNames.message(
                failure, state.spec() == null ? null : state.spec().reference());
        boolean isCallers =
                state.status() == JobStatus.REFUSED || CALLERS.stream().anyMatch(failure.code()::startsWith);
        int status = state.status() == JobStatus.CANCELLED ? 409 : isCallers ? 400 : 500;
        return ProblemException.failed(status, failure.code(), message, id);
    }

    private static double seconds(JobState state) {
        return state.stages().stream()
                .map(StageState::seconds)
                .filter(seconds -> seconds != null)
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    private String durations(JobState state) {
        Map<String, Double> durations = new LinkedHashMap<>();
        for (StageState stage : state.stages()) {
            Double seconds = stage.seconds();
            if (seconds != null) {
                durations.put(stage.stage().wireName(), seconds);
            }
        }
        try {
            return json.writeValueAsString(durations);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("durations can't be written as JSON", e);
        }
    }
}
