package dev.galatea.jobtracking.backlog;

import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.Stage;

/**
 * Where a stage takes its work from.
 *
 * @param group the workers' group
 * @param shared whether that is a share group; else a classic one
 */
record StageQueue(Stage stage, EventType input, String group, boolean shared) {

    static JobSpec specOf(Event event) {
        if (event instanceof JobAccepted accepted) {
            return accepted.spec();
        }
        if (event instanceof EncodingRequested requested) {
            return requested.spec();
        }
        if (event instanceof PromptConditioned conditioned) {
            return conditioned.spec();
        }
        if (event instanceof LatentsDenoised denoised) {
            return denoised.spec();
        }
        throw new IllegalArgumentException("no stage takes its work from " + EventType.of(event));
    }
}
