package dev.galatea.gateway.jobs;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;

/**
 * A worker, as its reports show it.
 *
 * @param at when it last said something
 * @param jobId what it works on; absent if it finished or gave up what it last had
 */
public record WorkerSeen(
        Stage stage, String name, Instant at, @Nullable JobId jobId) {}
