package dev.galatea.gateway.jobs;

import java.util.List;

import dev.galatea.model.event.JobState;

/**
 * A part of a list of jobs.
 *
 * @param hasMore true if more jobs follow
 */
public record JobPage(List<JobState> states, boolean hasMore) {

    public JobPage {
        states = List.copyOf(states);
    }
}
