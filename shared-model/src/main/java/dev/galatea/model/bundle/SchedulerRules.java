package dev.galatea.model.bundle;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

/** The rules that parameters of schedulers have in common; problems read {@code field: is value; valid are …}. */
final class SchedulerRules {

    /** What is valid where only positive numbers are. */
    static final String POSITIVE = "finite numbers above 0";

    /** What is valid where only parts of a whole are. */
    static final String PARTS = "numbers between 0 and 1, both excluded";

    private static final int MAX_LENGTH = 1000;

    private SchedulerRules() {}

    /** The number of steps that a list stands for; empty if there is none. */
    static OptionalInt listed(@Nullable List<Double> sigmas) {
        return sigmas == null ? OptionalInt.empty() : OptionalInt.of(sigmas.size());
    }

    /** Describes what is wrong with a list; empty if nothing is, or there is none. */
    static Optional<String> sigmasProblem(@Nullable List<Double> sigmas) {
        if (sigmas == null) {
            return Optional.empty();
        }
        if (sigmas.isEmpty() || sigmas.size() > MAX_LENGTH) {
            return Optional.of("sigmas: has " + sigmas.size() + " numbers; valid are 1 to " + MAX_LENGTH);
        }
        double before = Math.nextUp(1.0);
        for (int i = 0; i < sigmas.size(); i++) {
            double sigma = sigmas.get(i);
            if (!(sigma > 0 && sigma < before)) {
                String valid = i == 0 ? "above 0 up to 1" : "above 0 and below the one before";
                return Optional.of("sigmas[" + i + "]: is " + sigma + "; valid are numbers " + valid);
            }
            before = sigma;
        }
        return Optional.empty();
    }

    static Optional<String> shiftProblem(double shift) {
        return unless(isPositive(shift), "shift", shift, POSITIVE);
    }

    static Optional<String> trainTimestepsProblem(int trainTimesteps) {
        return unless(trainTimesteps >= 1, "trainTimesteps", trainTimesteps, "1 and above");
    }

    static boolean isPositive(double value) {
        return value > 0 && Double.isFinite(value);
    }

    static boolean isPart(double value) {
        return value > 0 && value < 1;
    }

    /** Describes a field's value as a problem; empty if it is fine. */
    static Optional<String> unless(boolean fine, String field, @Nullable Object value, String valid) {
        return fine ? Optional.empty() : Optional.of(field + ": is " + value + "; valid are " + valid);
    }
}
