package dev.galatea.jobtracking.tracking;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Spritesheet;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static org.assertj.core.api.Assertions.assertThat;

class ObjectPolicyTest {

    private static final Duration GRACE = Duration.ofMinutes(5);
    private static final Duration RETENTION = Duration.ofDays(7);
    private static final Instant LATER = NOON.plus(Duration.ofMinutes(6));

    private final ObjectPolicy policy = new ObjectPolicy(RETENTION, GRACE);
    private final JobId job = JobId.random();
    private final String clip = ObjectKeys.jobPrefix(job) + "clip-1.mp4";
    private final String thumbnail = ObjectKeys.jobPrefix(job) + "thumbnail-1.jpg";
    private final String spritesheet = ObjectKeys.jobPrefix(job) + "spritesheet-1.jpg";
    private final String preview = ObjectKeys.preview(job, 8);
    private final String checkpoint = ObjectKeys.checkpoints(job) + "8-1.safetensors";

    @Test
    void shouldKeepWhatTheStateOfADoneJobRefersTo_andNothingElse() {
        JobState done = state(JobStatus.COMPLETED, NOON);

        for (String key : List.of(clip, thumbnail, spritesheet, preview)) {
            assertThat(policy.isGarbage(key, done, NOON, LATER, NOON)).as(key).isFalse();
        }
        for (String key : List.of(checkpoint, ObjectKeys.preview(job, 4))) {
            assertThat(policy.isGarbage(key, done, NOON, LATER, NOON)).as(key).isTrue();
        }
    }

    @Test
    void shouldLeaveLateWorkersTheirTime() {
        JobState done = state(JobStatus.COMPLETED, NOON);

        assertThat(policy.isGarbage(checkpoint, done, NOON, NOON.plus(GRACE), NOON))
                .isFalse();
    }

    @Test
    void shouldKeepEverythingOfARunningJob() {
        JobState running = state(JobStatus.RUNNING, null);

        assertThat(policy.isGarbage(checkpoint, running, NOON, NOON.plus(RETENTION.multipliedBy(2)), NOON))
                .isFalse();
    }

    @Test
    void shouldKeepWhatNobodyKnows_untilItsJobWouldBeForgotten() {
        Instant forgotten = NOON.plus(RETENTION).plus(GRACE);

        assertThat(policy.isGarbage(clip, null, NOON, forgotten, NOON)).isFalse();
        assertThat(policy.isGarbage(clip, null, NOON, forgotten.plusSeconds(1), NOON))
                .isTrue();
    }

    /** By a worker that was at its last step when its video was deleted. */
    @Test
    void shouldRemoveWhatWasWrittenForAForgottenJob_andNothingOlder() {
        String upload = ObjectKeys.upload(job, Sha256.of(new byte[0]));
        Instant soon = NOON.plusSeconds(2);
        Instant later = soon.plus(GRACE).plusSeconds(1);

        assertThat(policy.isLate(clip, NOON, soon, later)).isTrue();
        assertThat(policy.isLate(clip, NOON, soon, soon.plus(GRACE))).isFalse();
        assertThat(policy.isLate(clip, NOON, NOON.minusSeconds(5), later)).isTrue();
        assertThat(policy.isLate(clip, NOON, NOON.minusSeconds(6), later)).isFalse();
        assertThat(policy.isLate(upload, NOON, soon, later)).isFalse();
    }

    @Test
    void shouldKeepUploads_whileTheirPromptMayCome() {
        String upload = ObjectKeys.upload(job, Sha256.of(new byte[0]));
        Instant soon = NOON.plus(Duration.ofMinutes(50));
        Instant hour = NOON.plus(Duration.ofHours(1));

        assertThat(policy.isGarbage(upload, null, NOON, soon, NOON)).isFalse();
        assertThat(policy.isGarbage(upload, null, NOON, hour, NOON)).isTrue();
        // Prompts may wait where nobody has read them.
        assertThat(policy.isGarbage(upload, null, NOON, hour, soon)).isFalse();
        assertThat(policy.isGarbage(upload, state(JobStatus.RUNNING, null), NOON, hour, NOON))
                .isFalse();
        assertThat(policy.isGarbage(clip, null, NOON, hour, NOON)).isFalse();
    }

    @Test
    void shouldKeepWhatJobsShare_whileOthersMayNeedIt() {
        String upload = ObjectKeys.upload(List.of(job, JobId.random()), Sha256.of(new byte[0]));
        Instant hour = NOON.plus(Duration.ofHours(1));
        Instant day = NOON.plus(Duration.ofDays(1));

        assertThat(policy.isGarbage(upload, null, NOON, hour, NOON)).isFalse();
        assertThat(policy.isGarbage(upload, null, NOON, day.plusSeconds(1), NOON))
                .isTrue();
    }

    @Test
    void shouldTellWhoseAnObjectIs() {
        assertThat(ObjectPolicy.ownerOf(clip)).contains(job);
        assertThat(ObjectPolicy.ownerOf("jobs/somebody/clip.mp4")).isEmpty();
        assertThat(ObjectPolicy.ownerOf("embeddings/" + job + "/1")).isEmpty();
        assertThat(ObjectPolicy.ownerOf("jobs/" + job)).isEmpty();
    }

    private JobState state(JobStatus status, Instant finishedAt) {
        StageState stage = new StageState(
                Stage.DENOISING, 1, 8, 8, NOON, NOON, 1.0, "worker", Fixtures.object(preview), List.of());
        boolean completed = status == JobStatus.COMPLETED;
        Spritesheet sheet = new Spritesheet(Fixtures.object(spritesheet), 1, 1, 1);
        Clip made = completed ? new Clip(Fixtures.object(clip), Fixtures.object(thumbnail), sheet, 8, 8, 1, 1) : null;
        return new JobState(
                job,
                status,
                "",
                null,
                null,
                List.of(stage),
                made,
                null,
                List.of(),
                NOON,
                NOON,
                finishedAt,
                null,
                List.of(),
                null);
    }
}
