package dev.galatea.standalone;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.quarkus.arc.Arc;
import io.quarkus.arc.InstanceHandle;
import io.quarkus.runtime.QuarkusApplication;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.embedded.EmbeddedSystem;
import dev.galatea.worker.Stoppable;

/** Runs the job of the command line once all services are up. */
public final class StandaloneApplication implements QuarkusApplication {

    private static final Logger LOG = Logger.getLogger(StandaloneApplication.class);

    /** Quarkus makes the instance itself, so the job comes in by this field; set once, before Quarkus runs. */
    static volatile @Nullable SystemJob job;

    /** Broker and store, which may still be starting. */
    static volatile @Nullable EmbeddedSystem backing;

    /** An error would pass by Quarkus, which would then not stop what it has started. */
    @Override
    public int run(String... args) throws Exception {
        LogFailure.install();
        try {
            int exitCode =
                    Objects.requireNonNull(job, "set before Quarkus runs").run();
            stopSideBySide();
            return exitCode;
        } catch (Exception | Error e) {
            LOG.error("task failed", e);
            throw new StartFailedException(e);
        }
    }

    /** Queues, streams and readers of topics each wait for the broker a few times; Quarkus would stop one by one. */
    private static void stopSideBySide() throws InterruptedException {
        List<Thread> stopping = new ArrayList<>();
        for (InstanceHandle<Stoppable> bean : Arc.container().listAll(Stoppable.class)) {
            Thread thread = new Thread(() -> bean.get().stop(), "stopping");
            thread.start();
            stopping.add(thread);
        }
        for (Thread thread : stopping) {
            thread.join();
        }
    }
}
