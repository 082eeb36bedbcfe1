package dev.galatea.workqueue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One slot of a channel: takes a record while the subscriber asks for messages, and keeps its lock until the message is
 * acknowledged. A source that fails is replaced, so that a broker may go away and come back.
 *
 * <p>The thread is the slot's own because a Kafka consumer belongs to one thread, and because locks must be renewed
 * while all pools of the application are busy.
 */
final class Slot {

    private static final Logger LOG = Logger.getLogger(Slot.class);
    /** Also the time that a slot takes to notice that it is to stop. */
    private static final Duration POLL = Duration.ofMillis(100);

    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final long WATCH_MS = 100;
    private static final long REOPEN_MS = 1000;

    private final Supplier<RecordSource> sources;
    private final Deliveries deliveries;
    private final Demand demand;
    private final QueueMetrics metrics;
    private final Thread poller;
    private volatile @Nullable RecordSource source;
    private volatile boolean idle;
    private volatile boolean closing;
    private volatile long closeDeadline;

    /** Hands records to the subscriber. */
    interface Deliveries {

        /** A delivery that is not begun yet. */
        Delivery of(HeldRecord record);

        /**
         * Begins a delivery; false as long as nobody asks for it, or an earlier delivery of the record has not ended.
         */
        boolean begin(HeldRecord record, Delivery delivery) throws InterruptedException;
    }

    Slot(String name, Supplier<RecordSource> sources, Deliveries deliveries, Demand demand, QueueMetrics metrics) {
        this.sources = sources;
        this.deliveries = deliveries;
        this.demand = demand;
        this.metrics = metrics;
        poller = new Thread(this::poll, name + "-poll");
        poller.setDaemon(true);
    }

    void start() {
        poller.start();
    }

    /** Says whether the thread lives and, if there is demand, the broker answered lately. */
    boolean healthy() {
        RecordSource current = source;
        return poller.isAlive() && (idle || (current != null && current.connected()));
    }

    /** Asks to stop; {@link #awaitClosed} waits for it. */
    void beginClose(Duration grace) {
        closeDeadline = System.nanoTime() + grace.toNanos();
        closing = true;
    }

    void awaitClosed(Duration patience) throws InterruptedException {
        poller.join(patience.toMillis());
    }

    private void poll() {
        while (!closing) {
            try {
                if (demand.await(IDLE)) {
                    takeFromNewSource();
                } else {
                    idle = true;
                }
            } catch (Throwable e) {
                // Whatever it is, a queue that silently stops is worse than one that tries again.
                LOG.warnf(e, "connection to the queue failed, reconnecting thread=%s", poller.getName());
                pause(REOPEN_MS);
            }
        }
    }

    /** Ends when nobody asks for messages, because others should get what this member of the group would get. */
    private void takeFromNewSource() throws InterruptedException {
        idle = false;
        try (RecordSource opened = sources.get()) {
            source = opened;
            while (!closing && demand.await(IDLE)) {
                HeldRecord record = opened.next(POLL);
                if (record != null) {
                    work(opened, record);
                }
            }
        } finally {
            source = null;
        }
    }

    private void work(RecordSource from, HeldRecord record) throws InterruptedException {
        metrics.acquired();
        Delivery delivery = deliveries.of(record);
        try {
            boolean held = keep(from, record, delivery);
            settle(from, record, held, delivery.settlement().outcome());
        } finally {
            // If the source failed, it is closed now, and what it held is given to others.
            record.giveBack();
            delivery.settled();
        }
    }

    /** Keeps the lock until the delivery is over, or is not waited for any longer; says whether it was kept. */
    private boolean keep(RecordSource from, HeldRecord record, Delivery delivery) throws InterruptedException {
        boolean begun = deliveries.begin(record, delivery);
        boolean held = true;
        boolean left = false;
        long renewed = System.nanoTime();
        while (!delivery.isOver() && (begun || !record.shouldRelease())) {
            begun = begun || deliveries.begin(record, delivery);
            if (closing) {
                record.giveBack();
                Duration rest = Duration.ofNanos(closeDeadline - System.nanoTime());
                if (rest.isNegative()) {
                    LOG.warnf("work did not stop in time, giving its record back record=%s", record);
                    break;
                }
                left = left || (held && from.leave(record, rest));
            }
            if (held
                    && !left
                    && System.nanoTime() - renewed >= from.renewalInterval().toNanos()) {
                held = renew(from, record);
                renewed = System.nanoTime();
            }
            delivery.await(WATCH_MS);
        }
        return held;
    }

    private boolean renew(RecordSource from, HeldRecord record) {
        boolean held = from.renew(record);
        if (held) {
            metrics.renewed();
        } else {
            record.giveBack();
            metrics.lostLock();
            LOG.warnf("lock lost, another worker may have the record record=%s", record);
        }
        return held;
    }

    private void settle(RecordSource from, HeldRecord record, boolean held, Settlement.Outcome outcome) {
        if (!held) {
            return;
        }
        if (from.settle(record, outcome)) {
            metrics.settled(outcome);
        } else {
            metrics.lostLock();
            LOG.warnf("late, the broker has given the record to another worker record=%s", record);
        }
    }

    private void pause(long millis) {
        try {
            for (long waited = 0; waited < millis && !closing; waited += WATCH_MS) {
                TimeUnit.MILLISECONDS.sleep(WATCH_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
