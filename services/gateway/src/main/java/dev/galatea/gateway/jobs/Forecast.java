package dev.galatea.gateway.jobs;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The wait of a job that is not done.
 *
 * @param position place among the unfinished jobs of its pool in order of submission, from 1; empty once it runs
 * @param seconds estimated time until the clip is there, from finished jobs
 */
public record Forecast(OptionalInt position, OptionalDouble seconds) {

    /** The forecast of a job with no other before it, or of which nothing is known. */
    public static final Forecast NONE = new Forecast(OptionalInt.empty(), OptionalDouble.empty());
}
