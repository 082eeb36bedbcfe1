package dev.galatea.gateway.jobs;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;

/**
 * A worker, as its reports show it.
 *
 * @param at time of its last report
 * @param jobId the job that it works on; absent if it finished or gave up its last one
 */
public record WorkerSeen(
        Stage stage, String name, Instant at, @Nullable JobId jobId) {}
