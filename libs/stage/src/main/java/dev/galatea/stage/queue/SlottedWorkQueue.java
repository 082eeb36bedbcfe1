package dev.galatea.stage.queue;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** A work queue of several slots, each with its own membership of the group. Thread-safe. */
final class SlottedWorkQueue implements WorkQueue {

    /** For the last acknowledgement and leaving the group, after the handlers' grace period. */
    private static final Duration LEAVING = Duration.ofSeconds(10);

    private final List<Slot> slots;
    private final InFlight inFlight;
    private final Duration grace;

    SlottedWorkQueue(
            String name,
            int slots,
            Supplier<RecordSource> sources,
            Attempt attempt,
            QueueMetrics metrics,
            InFlight inFlight,
            Duration grace) {
        this.slots = IntStream.rangeClosed(1, slots)
                .mapToObj(n -> new Slot(name + "-" + n, sources, attempt, metrics))
                .toList();
        this.inFlight = inFlight;
        this.grace = grace;
        this.slots.forEach(Slot::start);
    }

    @Override
    public int inFlight() {
        return inFlight.size();
    }

    @Override
    public boolean healthy() {
        return slots.stream().allMatch(Slot::healthy);
    }

    @Override
    public void close() {
        slots.forEach(slot -> slot.beginClose(grace));
        try {
            for (Slot slot : slots) {
                slot.awaitClosed(grace.plus(LEAVING));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
