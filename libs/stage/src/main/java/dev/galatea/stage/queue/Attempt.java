package dev.galatea.stage.queue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jboss.logging.Logger;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.events.Tracing;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.RetryableException;

/**
 * Lets the handler try a record, and decides what becomes of it: done and cancelled records are accepted, poison and
 * what failed too often goes to the dead letters, all else is released. Thread-safe.
 */
final class Attempt {

    private static final Logger LOG = Logger.getLogger(Attempt.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final long LOOK_AGAIN_MS = 50;

    private final WorkHandler handler;
    private final DeadLetters deadLetters;
    private final InFlight inFlight;
    private final Limits limits;
    private final Tracing tracing;
    private final String group;

    /**
     * How often and how fast to try.
     *
     * @param failures a record that fails at this delivery is given up
     * @param deliveries a record that comes with this delivery, the broker's last, is given up without trying: if its
     *     worker died, nobody would hear of it again
     * @param pause before the first release; doubled for each later one
     */
    record Limits(int failures, int deliveries, Duration pause) {}

    Attempt(
            WorkHandler handler,
            DeadLetters deadLetters,
            InFlight inFlight,
            Limits limits,
            Tracing tracing,
            String group) {
        this.handler = handler;
        this.deadLetters = deadLetters;
        this.inFlight = inFlight;
        this.limits = limits;
        this.tracing = tracing;
        this.group = group;
    }

    /** Never throws; an interrupt is a release. */
    Settlement run(WorkRecord item) {
        try {
            inFlight.claim(item);
        } catch (InterruptedException | ReleasedException e) {
            return Settlement.RELEASE;
        }
        try {
            return tracing.process(item, group, () -> settlementOf(item));
        } catch (Throwable e) {
            LOG.errorf(e, "giving up failed, it will be tried again record=%s", item);
            return Settlement.RELEASE;
        } finally {
            inFlight.release(item);
        }
    }

    private Settlement settlementOf(WorkRecord item) throws InterruptedException {
        if (item.deliveryCount() >= limits.deliveries()) {
            return giveUp(item, exhausted());
        }
        try {
            handler.handle(item);
            return Settlement.ACCEPT;
        } catch (CancelledException e) {
            LOG.infof("cancelled record=%s", item);
            return Settlement.ACCEPT;
        } catch (PoisonException e) {
            return giveUp(item, e.toFailure());
        } catch (ReleasedException e) {
            return release(item, e.toFailure());
        } catch (InterruptedException e) {
            return release(item, new ReleasedException("interrupted").toFailure());
        } catch (RetryableException e) {
            return retry(item, e.toFailure());
        } catch (Throwable e) {
            // Also errors: running out of memory with this job says nothing about the next one.
            LOG.errorf(e, "handler failed unexpectedly record=%s", item);
            String code = e instanceof OutOfMemoryError ? "out_of_memory" : "unexpected_error";
            return retry(
                    item, new Failure(FailureCause.RETRYABLE, code, e.getClass().getName()));
        }
    }

    private Settlement release(WorkRecord item, Failure failure) {
        Tracing.failed(failure.code());
        handler.retrying(item, failure);
        return Settlement.RELEASE;
    }

    private Settlement retry(WorkRecord item, Failure failure) throws InterruptedException {
        if (item.deliveryCount() >= limits.failures()) {
            return giveUp(item, failure);
        }
        LOG.warnf("trying again record=%s code=%s message=%s", item, failure.code(), failure.message());
        Tracing.failed(failure.code());
        handler.retrying(item, failure);
        pause(item);
        return Settlement.RELEASE;
    }

    /** Dead letter first, so that what {@code gaveUp} says is true; if it fails, all of it happens again. */
    private Settlement giveUp(WorkRecord item, Failure failure) throws InterruptedException {
        Tracing.failed(failure.code());
        try {
            deadLetters.publish(item, failure);
            handler.gaveUp(item, failure);
            return Settlement.REJECT;
        } catch (RetryableException e) {
            LOG.warnf("dead letter not written, trying again record=%s reason=%s", item, e.getMessage());
            pause(item);
            return Settlement.RELEASE;
        }
    }

    private Failure exhausted() {
        return new Failure(
                FailureCause.RETRYABLE,
                "delivered_too_often",
                "delivered " + limits.deliveries() + " times without an end: workers died of it, or gave it back");
    }

    /** The lock is renewed meanwhile; a stopping worker doesn't wait. */
    private void pause(WorkRecord item) throws InterruptedException {
        int doublings = Math.min(item.deliveryCount() - 1, Integer.SIZE / 2);
        long millis = Math.min(limits.pause().toMillis() << doublings, LONGEST_PAUSE.toMillis());
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0 && !item.shouldRelease()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
        }
    }
}
