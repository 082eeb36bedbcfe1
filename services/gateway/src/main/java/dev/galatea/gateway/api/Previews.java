package dev.galatea.gateway.api;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;

/**
 * The pictures of a clip's estimate that denoising left in the store, found by their names. Thread-safe; calls block.
 */
@ApplicationScoped
class Previews {

    /** Of every preview. */
    static final String MEDIA_TYPE = "image/jpeg";

    private static final Pattern STEP = Pattern.compile("preview-(\\d{1,9})\\.");
    private static final int MAX_PREVIEWS = 1000;

    private final ObjectStore store;
    private final GatewayConfig config;

    @Inject
    Previews(ObjectStore store, GatewayConfig config) {
        this.store = store;
        this.config = config;
    }

    /** The path at which a picture is served. */
    static String path(JobId jobId, int step) {
        return "/v1/videos/" + jobId + "/previews/" + step;
    }

    /** The step after which a picture was made, as its name says. */
    static int stepOf(ObjectRef picture) {
        return stepOf(picture.key());
    }

    /** The steps of which there are pictures. */
    List<Integer> steps(JobId jobId) {
        try {
            return store.list(ObjectKeys.jobPrefix(jobId) + "preview-", MAX_PREVIEWS).stream()
                    .map(Previews::stepOf)
                    .sorted(Comparator.naturalOrder())
                    .toList();
        } catch (RetryableException e) {
            throw storeAway(e);
        }
    }

    /** The JPEG of a step; its digest is not known. */
    ObjectRef find(JobId jobId, int step) {
        String key = ObjectKeys.preview(jobId, step);
        try {
            ObjectStore.StoredObject found = store.stat(key).orElseThrow(() -> none(step));
            // Pictures are for people and may be of any attempt: their digest is not asked for.
            return new ObjectRef(store.bucket(), key, MEDIA_TYPE, found.bytes(), Sha256.of(new byte[0]));
        } catch (RetryableException e) {
            throw storeAway(e);
        }
    }

    private ProblemException storeAway(RetryableException e) {
        return ProblemException.unavailable(e.code(), "the object store doesn't answer", config.retryAfter());
    }

    private static ProblemException none(int step) {
        return ProblemException.notFound("unknown_preview", "step", "there is no preview after step " + step);
    }

    private static int stepOf(String key) {
        Matcher matcher = STEP.matcher(key);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
