package dev.galatea.gateway.api;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.smallrye.mutiny.Uni;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.jobs.RecentSubmissions;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;

/**
 * Deletes a video: its objects first, what is known of it last, so that a deletion that was cut off can be repeated.
 * The calls to the object store block threads of a pool. Thread-safe; nothing blocks its caller.
 */
@ApplicationScoped
class VideoDeletion {

    private static final int OBJECTS_AT_ONCE = 1000;

    private final VideoCommands commands;
    private final Jobs jobs;
    private final RecentSubmissions recent;
    private final ObjectStore store;
    private final Executor storeCalls;
    private final Duration retryAfter;

    @Inject
    VideoDeletion(
            VideoCommands commands,
            Jobs jobs,
            RecentSubmissions recent,
            ObjectStore store,
            WorkerPools pools,
            GatewayConfig config) {
        this.commands = commands;
        this.jobs = jobs;
        this.recent = recent;
        this.store = store;
        storeCalls = pools.store();
        retryAfter = config.retryAfter();
    }

    /** Deletes a video, or fails because it is not done yet. */
    Uni<VideoDeleted> delete(JobId jobId) {
        return commands.end(jobId).flatMap(ended -> ended ? deleteEnded(jobId) : deleteUnknown(jobId));
    }

    private Uni<VideoDeleted> deleteEnded(JobId jobId) {
        return removingObjects(jobId).chain(() -> commands.forget(jobId)).map(forgotten -> {
            if (!forgotten) {
                throw ProblemException.unavailable(
                        "deletion_pending",
                        "the deletion of video " + jobId + " is not complete; repeat the request",
                        retryAfter);
            }
            return VideoDeleted.of(jobId.toString());
        });
    }

    /**
     * Job-tracking does not end a job that it does not know, of which there is a state that is not its own. Such a
     * state it removes, and a job that it has yet to end it keeps. Nor does it know one whose prompt it has not looked
     * at yet: that one would come back.
     */
    private Uni<VideoDeleted> deleteUnknown(JobId jobId) {
        if (recent.find(jobId).isPresent()) {
            throw stillBeingCancelled(jobId);
        }
        return commands.forget(jobId)
                .invoke(forgotten -> {
                    if (!forgotten) {
                        throw stillBeingCancelled(jobId);
                    }
                })
                .chain(() -> removingObjects(jobId))
                .replaceWith(() -> VideoDeleted.of(jobId.toString()));
    }

    private static ProblemException stillBeingCancelled(JobId jobId) {
        return ProblemException.conflict(
                "not_done", "id", "video " + jobId + " is still being cancelled; repeat the request to delete it");
    }

    private Uni<Void> removingObjects(JobId jobId) {
        return Uni.createFrom().voidItem().emitOn(storeCalls).invoke(() -> removeObjects(jobId));
    }

    /** What unfinished jobs start from: the videos of one request share what it brought along. */
    private Set<String> neededByOthers(JobId jobId) {
        return jobs.open().stream()
                .filter(state -> !state.jobId().equals(jobId))
                .flatMap(state -> Stream.ofNullable(state.spec()))
                .flatMap(spec -> Stream.ofNullable(spec.reference()))
                .flatMap(reference -> Stream.of(reference.object(), reference.lastFrame()))
                .filter(Objects::nonNull)
                .map(ObjectRef::key)
                .collect(Collectors.toSet());
    }

    private void removeObjects(JobId jobId) {
        try {
            Set<String> needed = neededByOthers(jobId);
            List<String> keys;
            do {
                keys = store.list(ObjectKeys.jobPrefix(jobId), OBJECTS_AT_ONCE);
                for (String key : keys) {
                    if (!needed.contains(key)) {
                        store.delete(key);
                    }
                }
            } while (keys.size() == OBJECTS_AT_ONCE);
        } catch (RetryableException e) {
            throw ProblemException.unavailable(e.code(), "the object store doesn't answer", retryAfter);
        }
    }
}
