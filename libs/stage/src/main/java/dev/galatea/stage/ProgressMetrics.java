package dev.galatea.stage;

import java.util.Locale;
import java.util.Optional;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;

/** Counts what stages report, so that no stage counts for itself. Thread-safe. */
final class ProgressMetrics {

    private final MeterRegistry registry;

    ProgressMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void count(Stage stage, ProgressDetail detail) {
        detail.accept(new Counting(stage))
                .ifPresent(counter -> counter.register(registry).increment());
    }

    /** Finds the counter of each kind of progress that is counted. */
    private record Counting(Stage stage) implements ProgressDetail.Visitor<Optional<Counter.Builder>> {

        @Override
        public Optional<Counter.Builder> started(ProgressDetail.Started started) {
            return Optional.of(counter("galatea.stage.starts", "Jobs that a worker began with", stage));
        }

        @Override
        public Optional<Counter.Builder> step(ProgressDetail.Step step) {
            return Optional.of(counter("galatea.stage.steps", "Denoising steps, or groups of frames decoded", stage));
        }

        @Override
        public Optional<Counter.Builder> checkpointWritten(ProgressDetail.CheckpointWritten written) {
            return Optional.of(counter("galatea.stage.checkpoints", "Checkpoints written", stage));
        }

        @Override
        public Optional<Counter.Builder> checkpointRefused(ProgressDetail.CheckpointRefused refused) {
            return Optional.empty();
        }

        @Override
        public Optional<Counter.Builder> previewAvailable(ProgressDetail.PreviewAvailable preview) {
            return Optional.empty();
        }

        @Override
        public Optional<Counter.Builder> uploading(ProgressDetail.Uploading uploading) {
            return Optional.empty();
        }

        @Override
        public Optional<Counter.Builder> finished(ProgressDetail.Finished finished) {
            return Optional.of(counter("galatea.stage.finishes", "Jobs that a worker finished", stage));
        }

        @Override
        public Optional<Counter.Builder> retrying(ProgressDetail.Retrying retrying) {
            String description = "Attempts that failed, to be repeated";
            return Optional.of(
                    caused(counter("galatea.stage.attempts.failed", description, stage), retrying.failure()));
        }

        @Override
        public Optional<Counter.Builder> failed(ProgressDetail.Failed failed) {
            if (failed.failure().cause() == FailureCause.CANCELLED) {
                return Optional.empty();
            }
            String description = "Jobs that a stage gave up";
            return Optional.of(caused(counter("galatea.stage.given.up", description, stage), failed.failure()));
        }
    }

    private static Counter.Builder caused(Counter.Builder counter, Failure failure) {
        return counter.tag("cause", failure.cause().name().toLowerCase(Locale.ROOT))
                .tag("code", failure.code());
    }

    private static Counter.Builder counter(String name, String description, Stage stage) {
        return Counter.builder(name).description(description).tag("stage", stage.wireName());
    }
}
