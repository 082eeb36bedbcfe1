package dev.galatea.model.bundle;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

/** The rules of a scheduler's list of noise levels. */
final class SigmaList {

    private static final int MAX_LENGTH = 1000;

    private SigmaList() {}

    /** The number of steps that a list stands for; empty if there is none. */
    static OptionalInt length(@Nullable List<Double> sigmas) {
        return sigmas == null ? OptionalInt.empty() : OptionalInt.of(sigmas.size());
    }

    /** Describes what is wrong with a list; empty if nothing is, or there is none. */
    static Optional<String> problem(@Nullable List<Double> sigmas) {
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
}
