package dev.galatea.benchmarks;

import java.io.IOException;
import java.io.InputStream;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.MalformedEventException;

import static java.util.Objects.requireNonNull;

/** The job spec in the example beside the schema of {@link JobAccepted}, for benchmarks to vary. */
public final class ExampleSpec {

    private static final String EXAMPLE = "/schema/examples/" + EventType.JOB_ACCEPTED.topic() + "/text.json";

    private ExampleSpec() {}

    /** Reads the example. */
    public static JobSpec read() {
        try (InputStream example = JobAccepted.class.getResourceAsStream(EXAMPLE)) {
            return EventCodec.read(
                            JobAccepted.class, requireNonNull(example, EXAMPLE).readAllBytes())
                    .spec();
        } catch (IOException | MalformedEventException e) {
            throw new IllegalStateException(EXAMPLE, e);
        }
    }
}
