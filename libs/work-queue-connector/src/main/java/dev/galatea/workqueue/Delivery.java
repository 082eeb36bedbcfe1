package dev.galatea.workqueue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.smallrye.mutiny.Uni;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.jboss.logging.Logger;

/**
 * One delivery of a record, from the slot's point of view: begun at most once, over when its message was acknowledged
 * or its failure decided. Thread-safe.
 */
final class Delivery {

    private static final Logger LOG = Logger.getLogger(Delivery.class);

    private final HeldRecord record;
    private final Failures failures;
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private final AtomicBoolean acknowledged = new AtomicBoolean();

    /** Decides about failed deliveries. */
    interface Failures {

        /** The strategy's answer to a failure. */
        Uni<Settlement> settle(HeldRecord record, Throwable failure);

        /** Decides the settlement when the strategy itself failed. */
        Settlement retry(HeldRecord record);
    }

    private record Ended(Settlement settlement, long at) {

        Duration pauseLeft() {
            return settlement.pause().minusNanos(System.nanoTime() - at);
        }
    }

    Delivery(HeldRecord record, Failures failures) {
        this.record = record;
        this.failures = failures;
    }

    /** The message of this delivery; its acknowledgement completes when the broker has been told. */
    Message<byte[]> message(Metadata metadata) {
        return Message.of(
                record.record().value(), metadata, nothing -> acknowledge(), (reason, nothing) -> fail(reason));
    }

    /** Fails without having been tried. */
    CompletionStage<Void> fail(Throwable failure) {
        if (acknowledged.compareAndSet(false, true)) {
            Uni.createFrom()
                    .deferred(() -> failures.settle(record, failure))
                    .onItem()
                    .ifNull()
                    .failWith(() -> new IllegalStateException("the failure strategy gave no settlement"))
                    .subscribe()
                    .with(this::end, e -> {
                        LOG.errorf(e, "failure not settled, the record will be delivered again record=%s", record);
                        end(failures.retry(record));
                    });
        }
        return settled;
    }

    private CompletionStage<Void> acknowledge() {
        if (acknowledged.compareAndSet(false, true)) {
            end(Settlement.accept());
        }
        return settled;
    }

    private void end(Settlement settlement) {
        ended.complete(new Ended(settlement, System.nanoTime()));
    }

    /** Calls back when the work has ended, whatever becomes of the record. */
    void whenEnded(Runnable then) {
        ended.thenRun(then);
    }

    /**
     * Says whether the record can be settled: the work has ended, and so has its pause unless it is to be given back.
     */
    boolean isOver() {
        Ended end = ended.getNow(null);
        return end != null && (record.shouldRelease() || end.pauseLeft().compareTo(Duration.ZERO) <= 0);
    }

    /** Waits until something may have changed. */
    void await(long millis) throws InterruptedException {
        try {
            ended.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.trace("looking again");
            return;
        }
        if (!isOver()) {
            TimeUnit.MILLISECONDS.sleep(millis);
        }
    }

    /** The decision, or a release if there is none. */
    Settlement settlement() {
        Ended end = ended.getNow(null);
        return end == null ? Settlement.release() : end.settlement();
    }

    /** Completes the acknowledgements: the broker has been told, or can't be. */
    void settled() {
        settled.complete(null);
    }
}
