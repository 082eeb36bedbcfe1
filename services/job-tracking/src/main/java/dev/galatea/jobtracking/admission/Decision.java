package dev.galatea.jobtracking.admission;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobSpec;

/** What admission says to a prompt. */
public sealed interface Decision {

    /** Yes: exactly this is to be made. */
    record Accepted(JobSpec spec) implements Decision {}

    /** No; the failure names the field, the value and what would be valid. */
    record Refused(Failure failure) implements Decision {}
}
