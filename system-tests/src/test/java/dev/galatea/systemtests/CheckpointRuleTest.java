package dev.galatea.systemtests;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;

import static org.assertj.core.api.Assertions.assertThat;

class CheckpointRuleTest {

    private static final ObjectRef OBJECT = new ObjectRef("b", "k", "m", 1, Sha256.of(new byte[1]));

    private final JobId jobId = JobId.random();
    private final List<ObservedEvent> events = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-30T10:00:00Z");

    @Test
    void shouldAcceptAJob_thatGoesOnFromItsCheckpoint() {
        attempt("one", 1, 1, 2, 3);
        started("two", 2);
        steps("two", 3, 4, 5);
        assertThat(violations()).isEmpty();
    }

    @Test
    void shouldFindAStep_beforeTheLastCheckpoint() {
        attempt("one", 1, 1, 2, 3);
        started("two", 1);
        steps("two", 1, 2, 3);
        assertThat(violations())
                .hasSize(2)
                .first()
                .asString()
                .contains("step 1 was done again")
                .contains("after step 2");
    }

    @Test
    void shouldFindIt_whenTheSameWorkerBeginsAgain() {
        attempt("one", 1, 1, 2, 3);
        started("one", 1);
        steps("one", 2);
        assertThat(violations()).hasSize(1);
    }

    @Test
    void shouldAcceptABeginningFromNoise_whenTheCheckpointWasRefused() {
        attempt("one", 1, 1, 2, 3);
        started("two", 2);
        event("two", new ProgressDetail.CheckpointRefused(2, new Failure(FailureCause.POISON, "altered", "altered")));
        steps("two", 1, 2, 3);
        assertThat(violations()).isEmpty();
    }

    @Test
    void shouldNotMeanAWorker_thatHasLostTheJob() {
        attempt("one", 1, 1, 2, 3);
        started("two", 2);
        steps("two", 3, 4);
        event("two", new ProgressDetail.CheckpointWritten(4, OBJECT));
        steps("one", 4);
        started("three", 3);
        steps("one", 4);
        steps("three", 5);
        assertThat(violations()).isEmpty();
    }

    @Test
    void shouldNotMeanAReport_thatWasPublishedTwice() {
        attempt("one", 1, 1, 2, 3);
        started("one", 2);
        events.add(events.get(1));
        steps("one", 3);
        assertThat(violations()).isEmpty();
    }

    /** An attempt with a checkpoint after step 2. */
    private void attempt(String worker, int number, int... steps) {
        started(worker, number);
        for (int step : steps) {
            steps(worker, step);
            if (step == 2) {
                event(worker, new ProgressDetail.CheckpointWritten(2, OBJECT));
            }
        }
    }

    private void started(String worker, int attempt) {
        event(worker, new ProgressDetail.Started(attempt));
    }

    private void steps(String worker, int... steps) {
        for (int step : steps) {
            event(worker, new ProgressDetail.Step(step, 8));
        }
    }

    private void event(String worker, ProgressDetail detail) {
        now = now.plusSeconds(1);
        Progress progress = new Progress(jobId, Stage.DENOISING, now, worker, detail);
        events.add(new ObservedEvent(EventType.PROGRESS.topic(), jobId.toString(), "id", now, progress, null));
    }

    private List<String> violations() {
        return CheckpointRule.violations(events.stream());
    }
}
