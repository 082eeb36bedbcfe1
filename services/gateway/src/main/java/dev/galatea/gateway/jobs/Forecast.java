package dev.galatea.gateway.jobs;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The wait of a job that is not done.
 *
 * @param position how many jobs were submitted earlier and wait or run, counted from 1 for the first; empty once it runs
 * @param seconds until the clip is there, as far as finished jobs tell
 */
public record Forecast(OptionalInt position, OptionalDouble seconds) {

    /** Nothing lies before it, or nothing is known. */
    public static final Forecast NONE = new Forecast(OptionalInt.empty(), OptionalDouble.empty());
}
