package dev.galatea.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.id.Sha256;

import static java.util.Objects.requireNonNull;

/** Complete job specs to vary in tests: those of the examples beside the schema of {@link JobAccepted}. */
public final class ExampleSpecs {

    private static final String TEXT = "/schema/examples/" + EventType.JOB_ACCEPTED.topic() + "/text.json";

    private ExampleSpecs() {}

    /** The spec of a clip of 17 frames of 64x64 pixels in 20 steps, made from text alone. */
    public static JobSpec text() {
        try (InputStream example = JobAccepted.class.getResourceAsStream(TEXT)) {
            return EventCodec.read(
                            JobAccepted.class, requireNonNull(example, TEXT).readAllBytes())
                    .spec();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedEventException e) {
            throw new IllegalStateException(TEXT, e);
        }
    }

    /** The same spec for another model. */
    public static JobSpec text(String model, Sha256 bundle) {
        return text().withBundle(bundle).withSettings(settings -> settings.model(model));
    }
}
