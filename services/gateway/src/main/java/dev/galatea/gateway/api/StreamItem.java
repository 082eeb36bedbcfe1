package dev.galatea.gateway.api;

import io.smallrye.mutiny.Uni;

import dev.galatea.gateway.jobs.ProgressEntry;
import dev.galatea.model.event.JobState;

/** An item that is still to be sent to a reader of events. */
sealed interface StreamItem {

    /** The subject of the item: of two items of one subject the older may be dropped. */
    String subject();

    /** Builds the event that is sent for the item; a null item if there is nothing to say any more. */
    Uni<StreamEvent> event(EventRenderer renderer);

    /** Tells whether the item must be sent, whatever comes after it. */
    default boolean isFinal() {
        return false;
    }

    /** Tells whether the item is a report of a stage, the first that a slow reader does without. */
    default boolean isReport() {
        return false;
    }

    /** A new state of a job. */
    record Changed(JobState state) implements StreamItem {

        @Override
        public String subject() {
            return "state/" + state.jobId();
        }

        @Override
        public Uni<StreamEvent> event(EventRenderer renderer) {
            return Uni.createFrom().item(renderer.changed(state));
        }

        @Override
        public boolean isFinal() {
            return state.status().isDone();
        }
    }

    /** A report of a stage. */
    record Reported(ProgressEntry entry) implements StreamItem {

        @Override
        public String subject() {
            return "report/" + entry.progress().jobId();
        }

        @Override
        public Uni<StreamEvent> event(EventRenderer renderer) {
            return Uni.createFrom().item(renderer.reported(entry));
        }

        @Override
        public boolean isReport() {
            return true;
        }
    }

    /** The time for a sign of life. */
    record Tick() implements StreamItem {

        @Override
        public String subject() {
            return "tick";
        }

        @Override
        public Uni<StreamEvent> event(EventRenderer renderer) {
            return renderer.tick();
        }
    }

    /** The end of the stream. */
    record End() implements StreamItem {

        @Override
        public String subject() {
            return "end";
        }

        @Override
        public Uni<StreamEvent> event(EventRenderer renderer) {
            return Uni.createFrom().nullItem();
        }

        @Override
        public boolean isFinal() {
            return true;
        }
    }
}
