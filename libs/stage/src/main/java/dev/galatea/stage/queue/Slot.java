package dev.galatea.stage.queue;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One slot of a work queue: a thread that takes records and keeps their locks, and a worker thread beside it. A source
 * that fails is replaced, so that a broker may go away and come back.
 */
final class Slot {

    private static final Logger LOG = Logger.getLogger(Slot.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long WATCH_MS = 100;
    private static final long REOPEN_MS = 1000;

    private final Supplier<RecordSource> sources;
    private final Attempt attempt;
    private final QueueMetrics metrics;
    private final Thread poller;
    private final ExecutorService worker;
    private volatile @Nullable RecordSource source;
    private volatile boolean closing;
    private volatile long closeDeadline;

    Slot(String name, Supplier<RecordSource> sources, Attempt attempt, QueueMetrics metrics) {
        this.sources = sources;
        this.attempt = attempt;
        this.metrics = metrics;
        poller = daemon(this::poll, name + "-poll");
        worker = Executors.newSingleThreadExecutor(task -> daemon(task, name));
    }

    void start() {
        poller.start();
    }

    boolean healthy() {
        RecordSource current = source;
        return poller.isAlive() && current != null && current.connected();
    }

    /** Asks to stop; {@link #awaitClosed} waits for it. */
    void beginClose(Duration grace) {
        closeDeadline = System.nanoTime() + grace.toNanos();
        closing = true;
    }

    void awaitClosed(Duration patience) throws InterruptedException {
        poller.join(patience.toMillis());
        worker.shutdownNow();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void poll() {
        while (!closing) {
            try (RecordSource opened = sources.get()) {
                source = opened;
                while (!closing) {
                    WorkRecord record = opened.next(POLL);
                    if (record != null) {
                        work(opened, record);
                    }
                }
            } catch (Throwable e) {
                // Whatever it is, a queue that silently stops is worse than one that tries again.
                source = null;
                LOG.warnf(e, "queue failed, opening it again thread=%s", poller.getName());
                pause();
            }
        }
    }

    private void work(RecordSource from, WorkRecord record) throws InterruptedException {
        metrics.acquired();
        Future<Settlement> result = worker.submit(() -> attempt.run(record));
        boolean held;
        try {
            held = keep(from, record, result);
        } catch (RuntimeException e) {
            // The source is closed now, and what it held is given to others.
            record.giveBack();
            throw e;
        }
        settle(from, record, held, settlementOf(result));
    }

    /** Keeps the lock until the handler has ended, or is not waited for any longer; says whether it was kept. */
    private boolean keep(RecordSource from, WorkRecord record, Future<Settlement> result) throws InterruptedException {
        boolean held = true;
        boolean left = false;
        long renewed = System.nanoTime();
        while (!result.isDone()) {
            if (closing) {
                record.giveBack();
                Duration rest = Duration.ofNanos(closeDeadline - System.nanoTime());
                if (rest.isNegative()) {
                    LOG.warnf("handler did not stop in time, giving its record back record=%s", record);
                    result.cancel(true);
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
            await(result);
        }
        return held;
    }

    private boolean renew(RecordSource from, WorkRecord record) {
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

    private void settle(RecordSource from, WorkRecord record, boolean held, Settlement settlement) {
        if (!held) {
            return;
        }
        if (from.settle(record, settlement)) {
            metrics.settled(settlement);
        } else {
            metrics.lostLock();
            LOG.warnf("late, the broker has given the record to another worker record=%s", record);
        }
    }

    private static Settlement settlementOf(Future<Settlement> result) throws InterruptedException {
        try {
            return result.isCancelled() ? Settlement.RELEASE : result.get();
        } catch (ExecutionException e) {
            LOG.errorf(e.getCause(), "attempt failed");
            return Settlement.RELEASE;
        }
    }

    private static void await(Future<?> result) throws InterruptedException {
        try {
            result.get(WATCH_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.trace("looking again");
        }
    }

    private void pause() {
        try {
            for (long waited = 0; waited < REOPEN_MS && !closing; waited += WATCH_MS) {
                TimeUnit.MILLISECONDS.sleep(WATCH_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
