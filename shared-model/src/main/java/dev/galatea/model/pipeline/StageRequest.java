package dev.galatea.model.pipeline;

import java.util.function.Function;
import java.util.function.Predicate;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.StageEvent;

/**
 * How jobs come to a stage that not all of them pass: what the stage before it gives is wrapped into the stage's own
 * input, and the stage gives what its successor takes.
 *
 * @param from the record that is wrapped
 * @param appliesTo which jobs pass the stage
 * @param wrapper from such a record to the stage's input
 */
record StageRequest(
        Class<? extends StageEvent> from, Predicate<JobSpec> appliesTo, Function<StageEvent, StageEvent> wrapper) {}
