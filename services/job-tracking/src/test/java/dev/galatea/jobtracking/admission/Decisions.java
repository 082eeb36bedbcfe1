package dev.galatea.jobtracking.admission;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.PromptSubmitted;

import static org.assertj.core.api.Assertions.assertThat;

/** What admission decides, for tests that know which of the two it is. */
final class Decisions {

    private Decisions() {}

    static JobSpec accepted(Admission admission, PromptSubmitted submitted) {
        Decision decision = admission.decide(submitted);
        assertThat(decision).isInstanceOf(Decision.Accepted.class);
        return ((Decision.Accepted) decision).spec();
    }

    static Failure refused(Admission admission, PromptSubmitted submitted) {
        Decision decision = admission.decide(submitted);
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        return ((Decision.Refused) decision).failure();
    }
}
