package dev.galatea.systemtests;

import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Event;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;

/**
 * A record as the auditor read it.
 *
 * @param key the record's key, or the empty string
 * @param id the CloudEvents id, or the empty string
 * @param at time at which the broker got it
 * @param event absent if the record is no event
 * @param origin of a dead letter: the place of the record that it was, as {@link #place} writes it
 */
record ObservedEvent(
        String topic,
        String key,
        String id,
        Instant at,
        @Nullable Event event,
        @Nullable String origin) {

    /** Names the position of a record. */
    static String place(String topic, Object partition, Object offset) {
        return topic + "-" + partition + "@" + offset;
    }

    /** The detail of a progress event, if a stage reported one of this kind. */
    <T extends ProgressDetail> Optional<T> progress(Stage stage, Class<T> kind) {
        return progressOf(stage, kind).map(progress -> kind.cast(progress.detail()));
    }

    /** The progress event, if a stage reported one of this kind. */
    Optional<Progress> progressOf(Stage stage, Class<? extends ProgressDetail> kind) {
        return event instanceof Progress progress
                        && progress.stage().equals(stage)
                        && kind.isInstance(progress.detail())
                ? Optional.of(progress)
                : Optional.empty();
    }
}
