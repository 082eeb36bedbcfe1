package dev.galatea.plumbing.event;

import java.util.Locale;

import io.micrometer.core.instrument.MeterRegistry;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;

/** Counts what stages report, so that no stage counts for itself. Thread-safe. */
final class ProgressMetrics {

    private final MeterRegistry registry;

    ProgressMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void count(Stage stage, ProgressDetail detail) {
        if (detail instanceof ProgressDetail.Started) {
            increment("galatea.stage.starts", stage);
        } else if (detail instanceof ProgressDetail.Step) {
            increment("galatea.stage.steps", stage);
        } else if (detail instanceof ProgressDetail.Finished) {
            increment("galatea.stage.finishes", stage);
        } else if (detail instanceof ProgressDetail.CheckpointWritten) {
            increment("galatea.stage.checkpoints", stage);
        } else if (detail instanceof ProgressDetail.Retrying retrying) {
            count("galatea.stage.attempts.failed", stage, retrying.failure());
        } else if (detail instanceof ProgressDetail.Failed failed) {
            count("galatea.stage.given.up", stage, failed.failure());
        }
    }

    private void increment(String name, Stage stage) {
        registry.counter(name, "stage", stage.wireName()).increment();
    }

    private void count(String name, Stage stage, Failure failure) {
        String cause = failure.cause().name().toLowerCase(Locale.ROOT);
        registry.counter(name, "stage", stage.wireName(), "cause", cause, "code", failure.code())
                .increment();
    }
}
