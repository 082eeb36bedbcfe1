package dev.galatea.model.event;

import java.util.UUID;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.NameBasedGenerator;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;

import dev.galatea.model.id.JobId;

/**
 * CloudEvents ids. A stage's output always has the same id for the same job, whichever attempt made it, so that readers
 * can drop duplicates: a name-based UUID (version 5, RFC 9562) in the name space of the job id.
 */
public final class EventIds {

    private static final TimeBasedEpochGenerator TIME_ORDERED = Generators.timeBasedEpochGenerator();

    /**
     * Header of a record without a value on {@link EventType#JOB_STATE}: when the job, which is forgotten, had been
     * submitted, in milliseconds since 1970, as digits. Readers of lists may be at its place.
     */
    public static final String SUBMITTED_AT = "galatea-submitted-at";

    private EventIds() {}

    /** The id of the one output event of {@code type} for a job. Thread-safe. */
    public static UUID of(JobId jobId, EventType type) {
        return of(jobId, type, "");
    }

    /**
     * The id of one of several events of {@code type} for a job.
     *
     * @param discriminator unique among the job's events of this type, such as {@code denoising/step/3}
     */
    public static UUID of(JobId jobId, EventType type, String discriminator) {
        NameBasedGenerator generator = Generators.nameBasedGenerator(jobId.value());
        return generator.generate(type.topic() + "/" + discriminator);
    }

    /** A fresh time-ordered id (version 7), for what somebody submits. Thread-safe. */
    public static UUID random() {
        return TIME_ORDERED.generate();
    }
}
