package dev.galatea.standalone;

import java.util.Objects;

import io.quarkus.runtime.QuarkusApplication;
import org.jspecify.annotations.Nullable;

/** Runs the job of the command line once all services are up. */
public final class StandaloneApplication implements QuarkusApplication {

    /** Quarkus makes the instance itself, so the job comes in by this field; set once, before Quarkus runs. */
    static volatile @Nullable SystemJob job;

    @Override
    public int run(String... args) throws Exception {
        return Objects.requireNonNull(job, "set before Quarkus runs").run();
    }
}
