package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

import dev.galatea.model.tensor.ObjectRef;

/** The kinds of progress, told apart on the wire by {@code kind}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ProgressDetail.Started.class, name = "started"),
    @JsonSubTypes.Type(value = ProgressDetail.Step.class, name = "step"),
    @JsonSubTypes.Type(value = ProgressDetail.CheckpointWritten.class, name = "checkpoint"),
    @JsonSubTypes.Type(value = ProgressDetail.CheckpointRefused.class, name = "checkpoint-refused"),
    @JsonSubTypes.Type(value = ProgressDetail.PreviewAvailable.class, name = "preview"),
    @JsonSubTypes.Type(value = ProgressDetail.Uploading.class, name = "uploading"),
    @JsonSubTypes.Type(value = ProgressDetail.Finished.class, name = "finished"),
    @JsonSubTypes.Type(value = ProgressDetail.Retrying.class, name = "retrying"),
    @JsonSubTypes.Type(value = ProgressDetail.Failed.class, name = "failed")
})
public sealed interface ProgressDetail {

    /** A worker took the job; {@code attempt} counts deliveries from 1. */
    record Started(int attempt) implements ProgressDetail {

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.started(this);
        }
    }

    /** Step {@code step} of {@code of} is done (denoising steps, or decoded frames). */
    record Step(int step, int of) implements ProgressDetail {

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.step(this);
        }
    }

    /** The job can be continued after {@code step}. */
    record CheckpointWritten(int step, ObjectRef object) implements ProgressDetail {

        public CheckpointWritten {
            Fields.require("detail.object", object);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.checkpointWritten(this);
        }
    }

    /** The job can't be continued after {@code step}: the checkpoint is altered, or belongs to another run. */
    record CheckpointRefused(int step, Failure failure) implements ProgressDetail {

        public CheckpointRefused {
            Fields.require("detail.failure", failure);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.checkpointRefused(this);
        }
    }

    /** A picture of the current estimate of the clean clip after {@code step}. */
    record PreviewAvailable(int step, ObjectRef object) implements ProgressDetail {

        public PreviewAvailable {
            Fields.require("detail.object", object);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.previewAvailable(this);
        }
    }

    /** All frames are done; the clip, {@code bytes} with its pictures, goes into the store. */
    record Uploading(long bytes) implements ProgressDetail {

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.uploading(this);
        }
    }

    /** The stage is done; {@code seconds} counts from its start by this worker. */
    record Finished(double seconds) implements ProgressDetail {

        /** Longer than anything takes, and short enough to be counted in nanoseconds. */
        private static final double MOST_SECONDS = 1e9;

        public Finished {
            Fields.requireAtLeast("detail.seconds", seconds, 0);
            seconds = Math.min(seconds, MOST_SECONDS);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.finished(this);
        }
    }

    /** This attempt failed or was given back; another follows. */
    record Retrying(Failure failure) implements ProgressDetail {

        public Retrying {
            Fields.require("detail.failure", failure);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.retrying(this);
        }
    }

    /** The stage gave up, or was stopped by a cancel, as the failure's cause says; the job ends. */
    record Failed(Failure failure) implements ProgressDetail {

        public Failed {
            Fields.require("detail.failure", failure);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.failed(this);
        }
    }

    /** Calls the visitor's method for this kind of progress. */
    <R> R accept(Visitor<R> visitor);

    /** Handles every kind of progress; the compiler says which one is missing. */
    interface Visitor<R> {

        /** Handles the start of an attempt. */
        R started(Started started);

        /** Handles a step. */
        R step(Step step);

        /** Handles a checkpoint. */
        R checkpointWritten(CheckpointWritten checkpointWritten);

        /** Handles a checkpoint that is not used. */
        R checkpointRefused(CheckpointRefused checkpointRefused);

        /** Handles a preview. */
        R previewAvailable(PreviewAvailable previewAvailable);

        /** Handles the upload of the clip. */
        R uploading(Uploading uploading);

        /** Handles the end of the stage. */
        R finished(Finished finished);

        /** Handles a failed attempt. */
        R retrying(Retrying retrying);

        /** Handles the failure of the stage. */
        R failed(Failed failed);
    }
}
