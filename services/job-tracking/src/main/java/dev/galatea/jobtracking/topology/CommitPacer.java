package dev.galatea.jobtracking.topology;

import java.time.Duration;

import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Ends a transaction before the commit interval does, because somebody waits for what it holds. A transaction costs
 * more than a record, so the outputs of a short pause share one, and outputs that are late already, because there is a
 * crowd, wait for the interval. Belongs to one task and is used by its thread only.
 */
final class CommitPacer {

    /** Interval at which {@link #tick} is to be called. */
    static final Duration TICK = Duration.ofMillis(10);

    private static final long FRESH_MS = 1_000;
    private static final long PAUSE_MS = 30;

    private final ProcessorContext<?, ?> context;
    private long lastRequest;
    private boolean pending;

    CommitPacer(ProcessorContext<?, ?> context) {
        this.context = context;
    }

    /**
     * Notes that an output was written for which somebody waits.
     *
     * @param causedAt time of the record that caused it, in epoch milliseconds
     */
    void written(long causedAt) {
        long now = context.currentSystemTimeMs();
        if (now - causedAt <= FRESH_MS) {
            pending = true;
            tick(now);
        }
    }

    /** Asks for the commit of what was written, once the pause since the last one is over. */
    void tick(long now) {
        boolean clockWentBack = now < lastRequest;
        if (pending && (clockWentBack || now - lastRequest >= PAUSE_MS)) {
            pending = false;
            lastRequest = now;
            context.commit();
        }
    }
}
