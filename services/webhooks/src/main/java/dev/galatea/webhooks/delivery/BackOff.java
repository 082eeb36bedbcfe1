package dev.galatea.webhooks.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/** Decides when a failed delivery is tried again. Thread-safe. */
public final class BackOff {

    private static final double SPREAD = 0.2;

    private final Duration first;
    private final Duration longest;
    private final Duration giveUpAfter;
    private final DoubleSupplier chance;

    public BackOff(Duration first, Duration longest, Duration giveUpAfter) {
        this(first, longest, giveUpAfter, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** @param chance numbers from 0 up to 1 */
    BackOff(Duration first, Duration longest, Duration giveUpAfter, DoubleSupplier chance) {
        this.first = first;
        this.longest = longest;
        this.giveUpAfter = giveUpAfter;
        this.chance = chance;
    }

    /** Tells whether it is too late for news of a job that ended then. */
    boolean isOver(Instant endedAt, Instant now) {
        return Duration.between(endedAt, now).compareTo(giveUpAfter) > 0;
    }

    /**
     * The time of the next attempt; empty if there is to be none.
     *
     * @param delivery with the failed attempt counted
     */
    Optional<Instant> next(Delivery delivery, Attempt.Failed failed, Instant now) {
        if (failed.isFinal()) {
            return Optional.empty();
        }
        Duration doubled = min(first.multipliedBy(1L << Math.min(delivery.attempts() - 1, 30)), longest);
        // So that what failed together does not come back together.
        long spread = Math.round(doubled.toMillis() * (1 - SPREAD + 2 * SPREAD * chance.getAsDouble()));
        Duration asked = min(failed.pause(), longest);
        Instant next = now.plusMillis(Math.max(spread, asked.toMillis()));
        return isOver(delivery.endedAt(), next) ? Optional.empty() : Optional.of(next);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
