package dev.galatea.jobtracking.admission;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobSpec;

/** Admission's decision on a prompt. */
public sealed interface Decision {

    /** Yes: exactly this is to be made. */
    record Accepted(JobSpec spec) implements Decision {}

    /** The prompt is refused; the failure names the field, the value and what is valid. */
    record Refused(Failure failure) implements Decision {}
}
