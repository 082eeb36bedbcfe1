package dev.galatea.store;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * A call of the store that runs beside its caller. The caller joins it before it publishes the result, so that no event
 * names an object that does not exist yet. Thread-safe.
 */
public final class BackgroundCall<T extends @Nullable Object> {

    private final Future<T> result;

    private BackgroundCall(Future<T> result) {
        this.result = result;
    }

    /** The work. */
    public interface Work<T extends @Nullable Object> {

        /** Does the work. */
        T run() throws RetryableException, PoisonException;
    }

    /** Starts at once. */
    public static <T extends @Nullable Object> BackgroundCall<T> start(Work<T> work) {
        return new BackgroundCall<>(Infrastructure.getDefaultWorkerPool().submit(work::run));
    }

    /** Waits for the result, or fails as the work did. */
    public T join() throws RetryableException, PoisonException {
        try {
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetryableException("interrupted", "waiting for the store was interrupted", e);
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        }
    }

    private static RuntimeException unwrapped(@Nullable Throwable cause) throws RetryableException, PoisonException {
        if (cause instanceof RetryableException retryable) {
            throw retryable;
        }
        if (cause instanceof PoisonException poison) {
            throw poison;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(cause);
    }
}
