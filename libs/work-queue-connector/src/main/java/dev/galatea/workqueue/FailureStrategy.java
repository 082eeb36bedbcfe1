package dev.galatea.workqueue;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;

/**
 * Decides what becomes of a record whose message was negatively acknowledged. A strategy is a bean with an
 * {@link Identifier}; a channel names it by its attribute {@code failure-strategy}.
 */
public interface FailureStrategy {

    /**
     * Settles a failed delivery. The lock is renewed until the answer is there. If the answer is a failure itself, such
     * as that of a broker that took no dead letter, the record is released after a pause, and all of it happens again.
     *
     * <p>Must not block its caller, which keeps the lock of the record or runs an event loop.
     */
    Uni<Settlement> settle(FailedDelivery failed);
}
