package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import dev.galatea.gateway.Fixtures;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;

/** What takes room, although anybody who may write to the topic can write a state. */
class OpenJobsTest {

    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @Test
    void shouldCountWhatWasHeardOfLately() {
        OpenJobs open = new OpenJobs();
        open.changed(heardOf(NOW.minus(Duration.ofHours(40))));
        open.changed(heardOf(NOW.plusSeconds(1)));
        open.changed(heardOf(NOW.minus(Duration.ofHours(50))));
        open.changed(heardOf(Instant.parse("9999-12-31T00:00:00Z")));

        assertThat(open.count(NOW.minus(Duration.ofHours(48)), NOW.plusSeconds(600)))
                .isEqualTo(2);
    }

    @Test
    void shouldNotOpenAgain_whatIsDone() {
        try (JobsInMemory known = new JobsInMemory(Runnable::run)) {
            JobState done = Fixtures.state(JobId.random(), JobStatus.CANCELLED);
            known.put(done);
            known.put(Fixtures.state(done.jobId(), JobStatus.RUNNING));

            assertThat(known.jobs().find(done.jobId()).await().indefinitely()).contains(done);
            assertThat(known.jobs().openCount()).isZero();

            known.forget(done.jobId());
            known.put(Fixtures.state(done.jobId(), JobStatus.RUNNING));
            assertThat(known.jobs().openCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldNotTake_whatAnotherJobsKeySays() {
        try (JobsInMemory known = new JobsInMemory(Runnable::run)) {
            JobState state = Fixtures.state(JobId.random(), JobStatus.RUNNING);
            known.put(JobId.random().toString(), EventCodec.write(state));

            assertThat(known.jobs().find(state.jobId()).await().indefinitely()).isEmpty();
            assertThat(known.jobs().openCount()).isZero();
        }
    }

    private static JobState heardOf(Instant at) {
        return Fixtures.state(JobId.random(), JobStatus.QUEUED).withUpdatedAt(at);
    }
}
