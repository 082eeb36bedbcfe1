package dev.galatea.workqueue;

import java.time.Duration;

/**
 * The end of a delivery, as the broker is told.
 *
 * @param outcome the state that the record takes
 * @param pause time for which the record is held, and its lock renewed, before it is released; zero for the other
 *     outcomes
 */
public record Settlement(Outcome outcome, Duration pause) {

    /** The states that a settled record can take. */
    public enum Outcome {
        /** The work is done; the record is never delivered again. */
        ACCEPT,
        /** The work is given up; the record is never delivered again. */
        REJECT,
        /** The record is delivered again, here or elsewhere. */
        RELEASE
    }

    /** Checks that only released records pause. */
    public Settlement {
        if (pause.isNegative() || (outcome != Outcome.RELEASE && !pause.isZero())) {
            throw new IllegalArgumentException("pause: is " + pause + " with " + outcome + "; valid is zero");
        }
    }

    /** The record is done. */
    public static Settlement accept() {
        return new Settlement(Outcome.ACCEPT, Duration.ZERO);
    }

    /** The record is given up. */
    public static Settlement reject() {
        return new Settlement(Outcome.REJECT, Duration.ZERO);
    }

    /** The record is to be delivered again at once. */
    public static Settlement release() {
        return releaseAfter(Duration.ZERO);
    }

    /** The record is to be delivered again after a pause; an application that shuts down doesn't wait for its end. */
    public static Settlement releaseAfter(Duration pause) {
        return new Settlement(Outcome.RELEASE, pause);
    }
}
