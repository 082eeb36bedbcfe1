package dev.galatea.store;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/**
 * A call of the store that runs beside its caller. The caller joins it before it publishes the result, so that no event
 * names an object that does not exist yet, and closes it before it removes what the call reads. Thread-safe.
 */
public final class BackgroundCall<T extends @Nullable Object> implements AutoCloseable {

    private final Future<T> result;
    private final CountDownLatch ended;

    private BackgroundCall(Future<T> result, CountDownLatch ended) {
        this.result = result;
        this.ended = ended;
    }

    /** The work. */
    public interface Work<T extends @Nullable Object> {

        /** Does the work. */
        T run() throws RetryableException, PoisonException;
    }

    /** Starts at once. */
    public static <T extends @Nullable Object> BackgroundCall<T> start(Work<T> work) {
        CountDownLatch ended = new CountDownLatch(1);
        Future<T> result = Infrastructure.getDefaultWorkerPool().submit(() -> {
            try {
                return work.run();
            } finally {
                ended.countDown();
            }
        });
        return new BackgroundCall<>(result, ended);
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

    /**
     * Waits until the work no longer runs, however it ended; a result that nobody joined is dropped. The wait is as
     * long as the store's own time limits, and is not interrupted: the caller is about to remove files.
     */
    @Override
    public void close() {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
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
