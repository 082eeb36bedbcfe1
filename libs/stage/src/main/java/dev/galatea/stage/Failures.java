package dev.galatea.stage;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;
import dev.galatea.workqueue.DeliveryLimitException;

/** Classifies what stages throw and publishing reports. */
final class Failures {

    private static final int DEEPEST = 10;

    private Failures() {}

    /**
     * The typed failure of a run. What a stage did not expect, errors too, may succeed when tried again: running out of
     * memory with this job says nothing about the next one.
     */
    static StageException of(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            StageException known = known(cause);
            if (known != null) {
                return known;
            }
            cause = cause.getCause();
        }
        return new RetryableException("unexpected_error", thrown.getClass().getName(), thrown);
    }

    private static @Nullable StageException known(Throwable thrown) {
        if (thrown instanceof StageException failure) {
            return failure;
        }
        if (thrown instanceof DeliveryLimitException) {
            return new RetryableException("delivered_too_often", String.valueOf(thrown.getMessage()), thrown);
        }
        if (thrown instanceof InterruptedException) {
            return new ReleasedException("interrupted");
        }
        if (thrown instanceof OutOfMemoryError) {
            return new RetryableException(
                    "out_of_memory",
                    "the worker's heap has no room for this job (" + thrown.getMessage()
                            + "); a smaller or shorter clip needs less, and -Xmx gives more"
                            + " (GALATEA_MAX_HEAP of ./galatea)",
                    thrown);
        }
        if (thrown instanceof RecordTooLargeException) {
            return new RetryableException("event_too_large", "publishing failed: " + thrown.getMessage(), thrown);
        }
        if (thrown instanceof KafkaException) {
            return new RetryableException("broker_unavailable", "publishing failed: " + thrown.getMessage(), thrown);
        }
        return null;
    }
}
