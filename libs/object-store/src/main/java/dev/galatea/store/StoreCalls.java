package dev.galatea.store;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import org.jboss.logging.Logger;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * Calls the store: tries transient faults again a few times, says what else went wrong in our own exceptions, and times
 * it. Thread-safe.
 */
final class StoreCalls {

    static final String UNAVAILABLE = "store_unavailable";
    static final String MISSING = "object_missing";
    static final String ALTERED = "object_altered";

    private static final Logger LOG = Logger.getLogger(StoreCalls.class);
    private static final int ATTEMPTS = 4;
    private static final long FIRST_PAUSE_MS = 100;
    private static final int PAUSE_FACTOR = 4;
    private static final Set<String> MISSING_CODES = Set.of("NoSuchKey", "NoSuchObject", "ResourceNotFound");
    private static final int SERVER_ERRORS = 500;

    private final MeterRegistry meters;
    private final String endpoint;

    StoreCalls(MeterRegistry meters, String endpoint) {
        this.meters = meters;
        this.endpoint = endpoint;
    }

    /** One attempt; must be safe to repeat from its beginning. */
    interface Attempt<T> {
        T run() throws MinioException, IOException, RetryableException, PoisonException;
    }

    /** A call that nothing but the store itself can make fail. */
    <T> T write(String operation, String key, Attempt<T> attempt) throws RetryableException {
        try {
            return read(operation, key, attempt);
        } catch (PoisonException e) {
            throw new RetryableException(UNAVAILABLE, e.getMessage(), e);
        }
    }

    /** A call that may find the object missing or altered. */
    <T> T read(String operation, String key, Attempt<T> attempt) throws RetryableException, PoisonException {
        Timer.Sample sample = Timer.start(meters);
        String outcome = "failed";
        try {
            T result = tryRepeatedly(operation, key, attempt);
            outcome = "ok";
            return result;
        } finally {
            sample.stop(Timer.builder("galatea.store.call")
                    .description("Calls to the store")
                    .tags("operation", operation, "outcome", outcome)
                    .register(meters));
        }
    }

    private <T> T tryRepeatedly(String operation, String key, Attempt<T> attempt)
            throws RetryableException, PoisonException {
        long pause = FIRST_PAUSE_MS;
        for (int n = 1; ; n++) {
            try {
                return attempt.run();
            } catch (MinioException | IOException e) {
                if (n == ATTEMPTS || !isTransient(key, e)) {
                    throw unavailable(operation, key, e);
                }
                LOG.debugf("trying again operation=%s key=%s attempt=%d reason=%s", operation, key, n, e.getMessage());
            } catch (RuntimeException e) {
                // The client wraps a refused connection in an unchecked exception; others are bugs, here or there.
                if (!(rootOf(e) instanceof IOException)) {
                    throw e;
                }
                if (n == ATTEMPTS) {
                    throw unavailable(operation, key, e);
                }
            }
            pause(operation, key, pause);
            pause *= PAUSE_FACTOR;
        }
    }

    private static boolean isTransient(String key, Exception e) throws PoisonException {
        if (!(e instanceof ErrorResponseException refusal)) {
            return true;
        }
        String code = refusal.errorResponse().code();
        if (MISSING_CODES.contains(code)) {
            throw new PoisonException(MISSING, "object '" + key + "' is not in the store", e);
        }
        if (code.equals("InvalidRange")) {
            throw new PoisonException(ALTERED, "object '" + key + "' is shorter than the range that was asked for", e);
        }
        return refusal.response().code() >= SERVER_ERRORS || code.equals("SlowDown") || code.equals("RequestTimeout");
    }

    private RetryableException unavailable(String operation, String key, Exception e) {
        String why = e instanceof ErrorResponseException refusal
                ? refusal.errorResponse().code() + " " + refusal.errorResponse().message()
                : rootOf(e).toString();
        return new RetryableException(
                UNAVAILABLE, "the store at " + endpoint + " did not " + operation + " '" + key + "': " + why, e);
    }

    private static Throwable rootOf(Throwable e) {
        return e.getCause() == null ? e : rootOf(e.getCause());
    }

    private static void pause(String operation, String key, long millis) throws RetryableException {
        try {
            TimeUnit.MILLISECONDS.sleep(millis + ThreadLocalRandom.current().nextLong(millis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetryableException(UNAVAILABLE, "interrupted during " + operation + " of '" + key + "'", e);
        }
    }
}
