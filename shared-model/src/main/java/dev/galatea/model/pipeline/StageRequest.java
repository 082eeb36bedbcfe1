package dev.galatea.model.pipeline;

import java.util.function.Function;
import java.util.function.Predicate;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.StageEvent;

/**
 * The way jobs reach an optional stage: the output of the stage before is wrapped into the stage's own input, and the
 * stage's output is its successor's input.
 *
 * @param from the record that is wrapped
 * @param appliesTo selects the jobs that go through the stage
 * @param wrapper from such a record to the stage's input
 */
record StageRequest(
        Class<? extends StageEvent> from, Predicate<JobSpec> appliesTo, Function<StageEvent, StageEvent> wrapper) {}
