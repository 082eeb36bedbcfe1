package dev.galatea.standalone;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a process that is asked to end until its system is stopped: it would end as soon as Quarkus has, with the
 * broker still at work, which would then have to recover its logs at the next start.
 */
final class StopGate implements AutoCloseable {

    /** For a system with many jobs: longer than Quarkus and the broker together take, unless they hang. */
    static final Duration SERVING = Duration.ofSeconds(45);

    /** For one command, whose job goes on at the next start, also after a stop that was cut short. */
    static final Duration COMMAND = Duration.ofSeconds(10);

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Duration patience;

    private StopGate(Duration patience) {
        this.patience = patience;
    }

    /** Begins to keep the process, for so long at most. */
    static StopGate keep(Duration patience) {
        StopGate gate = new StopGate(patience);
        Runtime.getRuntime().addShutdownHook(new Thread(gate::await, "await-stop"));
        return gate;
    }

    private void await() {
        try {
            stopped.await(patience.toMillis(), TimeUnit.MILLISECONDS);
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
