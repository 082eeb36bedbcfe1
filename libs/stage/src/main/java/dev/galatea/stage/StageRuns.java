package dev.galatea.stage;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

import dev.galatea.events.ReceivedRecord;
import dev.galatea.events.Tracing;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.model.pipeline.StageDefinition;
import dev.galatea.workqueue.WorkQueueMetadata;

/** Begins runs of stages. Thread-safe. */
@ApplicationScoped
class StageRuns {

    private final ProgressReporter progress;
    private final Instance<CancelledJobs> cancelled;
    private final Tracing tracing;

    @Inject
    StageRuns(ProgressReporter progress, Instance<CancelledJobs> cancelled, Tracing tracing) {
        this.progress = progress;
        this.cancelled = cancelled;
        this.tracing = tracing;
    }

    /** Begins to follow commands, so that they are known when the first job comes. */
    void prepare() {
        cancelled.get();
    }

    StageRun begin(WorkQueueMetadata record) {
        return new StageRun(
                definitionOf(record),
                record,
                JobId.ofKey(record.key()).orElse(null),
                progress,
                cancelled.get(),
                tracing.begin(new ReceivedRecord(record.record()), record.group()));
    }

    private static StageDefinition definitionOf(WorkQueueMetadata record) {
        return Pipeline.current()
                .stageTaking(record.topic())
                .orElseThrow(() -> new IllegalStateException("topic: channel '" + record.channel() + "' has '"
                        + record.topic() + "'; valid is the input of a stage of " + Pipeline.current()));
    }
}
