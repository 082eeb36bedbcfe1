package dev.galatea.gateway;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.Clip;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;
import dev.galatea.testsupport.ExampleSpecs;

/** Job states as job-tracking publishes them. */
public final class Fixtures {

    public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private Fixtures() {}

    public static JobSpec spec() {
        return ExampleSpecs.text()
                .withSettings(settings ->
                        settings.width(96).height(64).frames(33).steps(20).guidance(4.0));
    }

    /** An open job that the workers of a pool are to make. */
    public static JobState pooled(JobId job, JobStatus status, Pool pool, StageState... stages) {
        JobState state = state(job, status, stages);
        return state.withSpec(spec().withPool(pool));
    }

    public static JobState state(JobId job, JobStatus status, StageState... stages) {
        return state(job, status, null, null, stages);
    }

    public static JobState state(
            JobId job, JobStatus status, @Nullable Clip clip, @Nullable Failure failure, StageState... stages) {
        return new JobState(
                job,
                status,
                "a red ball",
                "pebble",
                status == JobStatus.REFUSED ? null : spec(),
                List.of(stages),
                clip,
                failure,
                List.of(),
                NOON,
                NOON.plusSeconds(9),
                status.isDone() ? NOON.plusSeconds(9) : null,
                null,
                List.of(),
                null);
    }
}
