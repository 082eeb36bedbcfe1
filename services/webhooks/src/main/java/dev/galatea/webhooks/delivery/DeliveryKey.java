package dev.galatea.webhooks.delivery;

import java.time.Instant;

import dev.galatea.model.id.JobId;

/** Keys of open deliveries: per endpoint in the order in which they are due. */
final class DeliveryKey {

    /** Epoch milliseconds as digits of equal length sort as numbers; thirteen last until the year 2286. */
    private static final String FORMAT = "%s/%013d/%s";

    private DeliveryKey() {}

    static String of(String endpoint, Instant due, JobId jobId) {
        return FORMAT.formatted(endpoint, due.toEpochMilli(), jobId);
    }

    /** Below all keys of an endpoint. */
    static String first(String endpoint) {
        return FORMAT.formatted(endpoint, 0, "");
    }

    /** Above all keys of an endpoint that are due by then, and below all others of it. */
    static String after(String endpoint, long millis) {
        return FORMAT.formatted(endpoint, millis + 1, "");
    }

    static String endpointOf(String key) {
        return key.substring(0, key.indexOf('/'));
    }
}
