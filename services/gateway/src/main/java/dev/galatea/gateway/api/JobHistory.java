package dev.galatea.gateway.api;

import java.util.List;
import java.util.Optional;

import dev.galatea.gateway.jobs.ProgressEntry;
import dev.galatea.model.event.JobState;

/**
 * The past of a job, for a reader that joins.
 *
 * @param reports the reports that the reader has not seen, in their order
 * @param end the job's state if it is done
 */
record JobHistory(Video video, List<ProgressEntry> reports, Optional<JobState> end) {

    JobHistory {
        reports = List.copyOf(reports);
    }
}
