package dev.galatea.jobtracking.tracking;

import java.util.List;

import dev.galatea.model.event.Event;
import dev.galatea.model.event.JobState;

/**
 * The consequences of an event.
 *
 * @param state the job's new state
 * @param outputs events to publish besides the state: the acceptance, or the terminal event
 */
public record Outcome(JobState state, List<Event> outputs) {

    public Outcome {
        outputs = List.copyOf(outputs);
    }
}
