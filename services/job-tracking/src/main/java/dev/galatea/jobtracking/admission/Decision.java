package dev.galatea.jobtracking.admission;

import java.util.List;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobWarning;

/** Admission's decision on a prompt. */
public sealed interface Decision {

    /** Yes: exactly this is to be made, of which the client is to be warned. */
    record Accepted(JobSpec spec, List<JobWarning> warnings) implements Decision {

        public Accepted {
            warnings = List.copyOf(warnings);
        }
    }

    /** The prompt is refused; the failure names the field, the value and what is valid. */
    record Refused(Failure failure) implements Decision {}
}
