package dev.galatea.gateway.jobs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.galatea.gateway.Settings;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;

import static org.assertj.core.api.Assertions.assertThat;

/** Anybody may report anything, of any job and as any worker: the log keeps within its memory. */
class ProgressLogTest {

    private static final int LONGEST_PAYLOAD = 32 * 1024;

    private final ProgressLog log = new ProgressLog(Settings.of(), Map.of());

    @Test
    void shouldForgetTheOldestJobs_whenLongReportsFillTheMemory() {
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            jobs.add(JobId.random());
            log.add(report(jobs.get(i), i, "worker", Instant.now()), LONGEST_PAYLOAD);
        }

        long kept = jobs.stream().filter(job -> !log.of(job, null).isEmpty()).count();
        assertThat(kept * LONGEST_PAYLOAD).isBetween(32L << 20, 64L << 20);
        assertThat(log.of(jobs.get(0), null)).isEmpty();
        assertThat(log.of(jobs.get(9_999), null)).hasSize(1);
    }

    @Test
    void shouldKnowSoManyWorkersAndNoMore_andNoneOfTheFuture() {
        JobId job = JobId.random();
        for (int i = 0; i < 3_000; i++) {
            log.add(report(job, i, "worker-" + i, Instant.MAX), 200);
        }

        assertThat(log.workers()).hasSize(1_000).allSatisfy(worker -> assertThat(worker.at())
                .isBeforeOrEqualTo(Instant.now()));
    }

    private static ProgressEntry report(JobId job, long offset, String worker, Instant at) {
        return new ProgressEntry(
                0, offset, new Progress(job, Stage.DENOISING, at, worker, new ProgressDetail.Started(1)));
    }
}
