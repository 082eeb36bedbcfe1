package dev.galatea.workqueue;

/**
 * A record came with the broker's last delivery. It is not tried: if its worker died of it, nobody would hear of it
 * again.
 */
public final class DeliveryLimitException extends Exception {

    private static final long serialVersionUID = 1L;

    DeliveryLimitException(int deliveries) {
        super("delivered " + deliveries + " times without being finished: its workers died or gave it back");
    }
}
