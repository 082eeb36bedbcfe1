package dev.galatea.clips.video;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Kills a process that lets its caller wait too long, and sums up how long the caller waited. One caller. */
final class StallGuard implements AutoCloseable {

    private final Process process;
    private final Duration timeout;
    private final ScheduledFuture<?> watch;
    private long waitedNanos;

    /** The time at which the current wait began, or 0. */
    private volatile long waitingSince;

    private volatile boolean timedOut;

    /**
     * Begins to watch a process.
     *
     * @param startNanos time that its start took, which counts as waited for
     */
    StallGuard(Process process, Duration timeout, long startNanos, ScheduledExecutorService watchdog) {
        this.process = process;
        this.timeout = timeout;
        this.waitedNanos = startNanos;
        long period = Math.max(1, timeout.toMillis() / 10);
        this.watch = watchdog.scheduleWithFixedDelay(this::killWhenStuck, period, period, TimeUnit.MILLISECONDS);
    }

    /** The caller waits from now on. */
    void begin() {
        waitingSince = System.nanoTime();
    }

    /** The caller goes on. */
    void end() {
        waitedNanos += System.nanoTime() - waitingSince;
        waitingSince = 0;
    }

    /** Waits for the end of the process, which is killed if it does not come in time. */
    void awaitExit() throws InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            timedOut = true;
            process.destroyForcibly();
        }
    }

    /** True if the process was killed. */
    boolean timedOut() {
        return timedOut;
    }

    /** The longest that the process may let its caller wait. */
    Duration timeout() {
        return timeout;
    }

    /** The time that the caller has waited. */
    Duration waited() {
        return Duration.ofNanos(waitedNanos);
    }

    /** Stops watching; the process lives on. */
    @Override
    public void close() {
        watch.cancel(false);
    }

    private void killWhenStuck() {
        long since = waitingSince;
        if (since != 0 && System.nanoTime() - since > timeout.toNanos()) {
            timedOut = true;
            process.destroyForcibly();
        }
    }
}
