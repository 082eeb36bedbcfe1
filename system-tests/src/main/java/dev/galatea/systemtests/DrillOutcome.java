package dev.galatea.systemtests;

import java.util.List;

/**
 * The result of a drill.
 *
 * @param seconds how long it took, audit included
 * @param figures what was measured, for people
 * @param violations what was not as it must be, on any machine
 * @param missed targets of time and repeated work that were missed, which a busy machine can be the reason of
 */
public record DrillOutcome(
        String name, int jobs, double seconds, List<String> figures, List<String> violations, List<String> missed) {

    public DrillOutcome {
        figures = List.copyOf(figures);
        violations = List.copyOf(violations);
        missed = List.copyOf(missed);
    }

    /** Tells whether the audit found nothing and no target was missed. */
    public boolean passed() {
        return violations.isEmpty() && missed.isEmpty();
    }
}
