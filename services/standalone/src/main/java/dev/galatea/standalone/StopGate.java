package dev.galatea.standalone;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a process that is asked to end until its system is stopped: it would end as soon as Quarkus has, with the
 * broker still at work, which would then have to recover its logs at the next start.
 */
final class StopGate implements AutoCloseable {

    /** Longer than Quarkus and the broker together take, unless they hang. */
    private static final long PATIENCE_SECONDS = 45;

    private final CountDownLatch stopped = new CountDownLatch(1);

    private StopGate() {}

    /** Begins to keep the process. */
    static StopGate keep() {
        StopGate gate = new StopGate();
        Runtime.getRuntime().addShutdownHook(new Thread(gate::await, "await-stop"));
        return gate;
    }

    /** Keeps nothing: for a system whose job goes on when the process is asked to end. */
    static StopGate open() {
        return new StopGate();
    }

    private void await() {
        try {
            stopped.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets the process end. */
    @Override
    public void close() {
        stopped.countDown();
    }
}
