package dev.galatea.standalone;

import java.util.Objects;

import io.quarkus.runtime.QuarkusApplication;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the job of the command line once all services are up. */
public final class StandaloneApplication implements QuarkusApplication {

    private static final Logger LOG = Logger.getLogger(StandaloneApplication.class);

    /** Quarkus makes the instance itself, so the job comes in by this field; set once, before Quarkus runs. */
    static volatile @Nullable SystemJob job;

    /** An error would pass by Quarkus, which would then not stop what it has started. */
    @Override
    public int run(String... args) throws Exception {
        LogFailure.install();
        try {
            return Objects.requireNonNull(job, "set before Quarkus runs").run();
        } catch (Exception | Error e) {
            LOG.error("task failed", e);
            throw new StartFailedException(e);
        }
    }
}
