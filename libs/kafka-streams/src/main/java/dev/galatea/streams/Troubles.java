package dev.galatea.streams;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.galatea.events.RepeatedFailures;

/**
 * Knows why an application does not do its work, in words for operators: topics that are not as it needs them, failures
 * that come again and again, a state that it doesn't leave. Thread-safe.
 */
final class Troubles {

    /** The time for which an application may share out its partitions, or fill its stores, and still count as ready. */
    static final Duration SETTLING = Duration.ofMinutes(2);

    private final String application;
    private final Supplier<Instant> clock;
    private final RepeatedFailures failures;
    private @Nullable String topics;
    private @Nullable String obstacle;
    private @Nullable String setup;
    private @Nullable Instant unsettledSince;

    Troubles(StreamsApplication application, Supplier<Instant> clock) {
        this.application = application.name();
        this.clock = clock;
        failures = new RepeatedFailures(application.maxPause(), clock);
    }

    /** Notes a failure and returns the pause until the next attempt. */
    Duration failed(Throwable failure) {
        String words = explain(failure);
        if (words != null) {
            setup(words);
        }
        return failures.next(failure);
    }

    /** Notes that an instance does its work, or not. */
    synchronized void running(boolean isRunning) {
        if (isRunning) {
            unsettledSince = null;
            setup = null;
        } else if (unsettledSince == null) {
            unsettledSince = clock.get();
        }
    }

    /** Notes how the partitions of topics differ from those that the instance began with; null if they don't. */
    synchronized void topics(@Nullable String difference) {
        topics = difference == null ? null : difference + " when " + application + " started; " + ADVICE;
    }

    /** Notes what keeps the application from reading its topics; null if nothing does. */
    synchronized void obstacle(@Nullable String words) {
        obstacle = words;
    }

    /** Returns the reason why the application is not ready, if there is one. */
    synchronized Optional<String> reason() {
        if (topics != null) {
            return Optional.of(topics);
        }
        if (obstacle != null) {
            return Optional.of(obstacle);
        }
        if (setup != null) {
            return Optional.of(setup);
        }
        Throwable persistent = failures.persistent();
        if (persistent != null) {
            return Optional.of(
                    "fails again and again with " + persistent.getClass().getSimpleName() + "; the log says more");
        }
        return unsettledSince != null
                        && Duration.between(unsettledSince, clock.get()).compareTo(SETTLING) > 0
                ? Optional.of("has shared out its partitions or filled its stores since " + unsettledSince)
                : Optional.empty();
    }

    private synchronized void setup(String words) {
        setup = words;
    }

    private static final String ADVICE =
            "Kafka can't take partitions away: 'Partitions' in docs/operations.md says what to do";

    private @Nullable String explain(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TopicsUnfitException unfit) {
                return unfit.getMessage() + "; " + ADVICE;
            }
            String message = String.valueOf(cause.getMessage());
            if (message.contains("invalid partitions")) {
                return "the changelog topics of " + application
                        + " have other numbers of partitions than the topics that it reads; " + ADVICE;
            }
        }
        return null;
    }
}
