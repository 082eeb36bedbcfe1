package dev.galatea.model.event;

import java.nio.file.Path;

/** The job spec in the example beside the schema of {@link JobAccepted}, for tests to vary. */
public final class ExampleSpec {

    private static final Path EXAMPLE = Schemas.DIRECTORY
            .resolve("examples")
            .resolve(EventType.JOB_ACCEPTED.topic())
            .resolve("text.json");

    private ExampleSpec() {}

    /** Reads the example. */
    public static JobSpec read() {
        try {
            return EventCodec.read(JobAccepted.class, Schemas.bytes(EXAMPLE)).spec();
        } catch (MalformedEventException e) {
            throw new IllegalStateException(e);
        }
    }
}
