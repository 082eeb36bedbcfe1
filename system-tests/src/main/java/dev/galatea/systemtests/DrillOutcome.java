package dev.galatea.systemtests;

import java.util.List;

/**
 * The result of a drill.
 *
 * @param seconds duration, audit included
 * @param figures measurements, for people
 * @param violations broken guarantees, which hold on any machine
 * @param missed missed targets of time and repeated work, which a busy machine can cause
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
