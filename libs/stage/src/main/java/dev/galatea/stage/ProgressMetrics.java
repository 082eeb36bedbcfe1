package dev.galatea.stage;

import java.util.Locale;

import io.micrometer.core.instrument.Counter;
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
            increment("galatea.stage.starts", "Jobs that a worker began with", stage);
        } else if (detail instanceof ProgressDetail.Step) {
            increment("galatea.stage.steps", "Denoising steps, or groups of frames decoded", stage);
        } else if (detail instanceof ProgressDetail.Finished) {
            increment("galatea.stage.finishes", "Jobs that a worker finished", stage);
        } else if (detail instanceof ProgressDetail.CheckpointWritten) {
            increment("galatea.stage.checkpoints", "Checkpoints written", stage);
        } else if (detail instanceof ProgressDetail.Retrying retrying) {
            count("galatea.stage.attempts.failed", "Attempts that failed, to be repeated", stage, retrying.failure());
        } else if (detail instanceof ProgressDetail.Failed failed) {
            count("galatea.stage.given.up", "Jobs that a stage gave up", stage, failed.failure());
        }
    }

    private void increment(String name, String description, Stage stage) {
        counter(name, description, stage).register(registry).increment();
    }

    private void count(String name, String description, Stage stage, Failure failure) {
        counter(name, description, stage)
                .tag("cause", failure.cause().name().toLowerCase(Locale.ROOT))
                .tag("code", failure.code())
                .register(registry)
                .increment();
    }

    private static Counter.Builder counter(String name, String description, Stage stage) {
        return Counter.builder(name).description(description).tag("stage", stage.wireName());
    }
}
