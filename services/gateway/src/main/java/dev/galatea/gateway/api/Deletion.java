package dev.galatea.gateway.api;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.store.ObjectStore;

/**
 * Removes a video: its objects first, what is known of it last, so that a deletion that was cut off can be repeated.
 * Thread-safe; calls block.
 */
@ApplicationScoped
class Deletion {

    private static final int OBJECTS_AT_ONCE = 1000;

    private final Desk desk;
    private final ObjectStore store;
    private final GatewayConfig config;

    @Inject
    Deletion(Desk desk, ObjectStore store, GatewayConfig config) {
        this.desk = desk;
        this.store = store;
        this.config = config;
    }

    VideoDeleted delete(JobId jobId) {
        if (!desk.end(jobId)) {
            throw ProblemException.conflict(
                    "not_done", "id", "video " + jobId + " was asked to stop and has not yet; valid is to ask again");
        }
        removeObjects(jobId);
        if (!desk.forget(jobId)) {
            throw ProblemException.unavailable(
                    "deletion_pending", "the deletion of " + jobId + " is not done yet", config.retryAfter());
        }
        return VideoDeleted.of(jobId.toString());
    }

    private void removeObjects(JobId jobId) {
        try {
            List<String> keys;
            do {
                keys = store.list(ObjectKeys.jobPrefix(jobId), OBJECTS_AT_ONCE);
                for (String key : keys) {
                    store.delete(key);
                }
            } while (keys.size() == OBJECTS_AT_ONCE);
        } catch (RetryableException e) {
            throw ProblemException.unavailable(e.code(), "the object store doesn't answer", config.retryAfter());
        }
    }
}
