package dev.galatea.workqueue;

import java.time.Duration;

/**
 * A delivery that ended in a negative acknowledgement, or that must not be tried.
 *
 * @param record the record, and its lock
 * @param failure the reason of the negative acknowledgement, or a {@link DeliveryLimitException}
 * @param settings the channel's configuration
 * @param deliveryLimit the delivery that is not to be followed by another one if it fails
 */
public record FailedDelivery(WorkQueueMetadata record, Throwable failure, ChannelSettings settings, int deliveryLimit) {

    /** Says whether the record may be delivered once more. */
    public boolean mayBeRepeated() {
        return !(failure instanceof DeliveryLimitException) && record.deliveryCount() < deliveryLimit;
    }

    /** A release after a pause that doubles with every delivery, up to the channel's longest. */
    public Settlement releaseAfterPause() {
        int doublings = Math.min(Math.max(record.deliveryCount() - 1, 0), Integer.SIZE / 2);
        long millis = Math.min(
                settings.firstPause().toMillis() << doublings,
                settings.longestPause().toMillis());
        return Settlement.releaseAfter(Duration.ofMillis(millis));
    }
}
