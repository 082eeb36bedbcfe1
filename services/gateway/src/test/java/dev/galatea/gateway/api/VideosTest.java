package dev.galatea.gateway.api;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.galatea.gateway.Fixtures;
import dev.galatea.gateway.jobs.Forecast;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;

import static org.assertj.core.api.Assertions.assertThat;

class VideosTest {

    private static final Duration WEEK = Duration.ofDays(7);

    private final JobId job = JobId.random();

    @Test
    void shouldSayTheMeasuresOfTheFinishedClip_andThoseOfTheDecodedOne() {
        JobSpec spec =
                Fixtures.spec().withSettings(settings -> settings.upscale(2).interpolateToFps(24));
        Video video = Videos.of(Fixtures.state(job, JobStatus.QUEUED).withSpec(spec), Forecast.NONE, false, WEEK);

        assertThat(video.size()).isEqualTo("192x128");
        assertThat(video.fps()).isEqualTo(24);
        assertThat(video.numFrames()).isEqualTo(99);
        assertThat(video.seconds()).isEqualTo("4.125");
        assertThat(video.job().upscale()).isEqualTo(2);
        assertThat(video.job().interpolateToFps()).isEqualTo(24);
        assertThat(video.job().decoded()).isEqualTo(new JobDetails.Decoded("96x64", 33, 8));
    }

    @Test
    void shouldSayAllOfACompletedJob() {
        Video video = Videos.of(Fixtures.state(job, JobStatus.COMPLETED), Forecast.NONE, false, WEEK);

        assertThat(video)
                .isEqualTo(new Video(
                        job.toString(),
                        "video",
                        "pebble",
                        "completed",
                        100,
                        Fixtures.NOON.getEpochSecond(),
                        Fixtures.NOON.getEpochSecond() + 9,
                        null,
                        "a red ball",
                        null,
                        "4.125",
                        "96x64",
                        null,
                        33,
                        8,
                        20,
                        4.0,
                        7L,
                        null,
                        video.job()));
        assertThat(video.job().status()).isEqualTo("completed");
        assertThat(video.job().history()).isNull();
    }

    @Test
    void shouldExpire_whenTheClipIsRemoved() {
        ObjectRef object = new ObjectRef("galatea", "clip", "video/mp4", 1, Sha256.of(new byte[0]));
        Clip clip = new Clip(object, object, null, 96, 64, 33, 8);
        JobState done = Fixtures.state(job, JobStatus.COMPLETED, clip, null);

        assertThat(Videos.of(done, Forecast.NONE, false, WEEK).expiresAt())
                .isEqualTo(done.finishedAt().getEpochSecond() + 7 * 24 * 3600);
        assertThat(Videos.of(Fixtures.state(job, JobStatus.RUNNING), Forecast.NONE, false, WEEK)
                        .expiresAt())
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = JobStatus.class,
            names = {"FAILED", "CANCELLED", "REFUSED", "EXPIRED"})
    void shouldFailWithItsCode_whateverEndedTheJob(JobStatus status) {
        Failure failure = new Failure(FailureCause.CANCELLED, "some_code", "some message");
        Video video = Videos.of(Fixtures.state(job, status, null, failure), Forecast.NONE, true, WEEK);

        assertThat(video.status()).isEqualTo("failed");
        assertThat(video.error()).isEqualTo(new Video.VideoError("some_code", "some message"));
        assertThat(video.progress()).isLessThan(100);
        assertThat(video.completedAt()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0,3", "10,43", "20,83"})
    void shouldCountTheStages_whileTheJobRuns(int step, int percent) {
        StageState text =
                new StageState(Stage.TEXT_CONDITIONING, 1, 0, 0, null, Fixtures.NOON, null, null, null, List.of());
        StageState denoising = new StageState(Stage.DENOISING, 1, step, 20, null, null, null, null, null, List.of());
        JobState running = Fixtures.state(job, JobStatus.RUNNING, text, denoising);

        assertThat(Videos.of(running, Forecast.NONE, true, WEEK).status()).isEqualTo("in_progress");
        assertThat(Videos.of(running, Forecast.NONE, true, WEEK).progress()).isEqualTo(percent);
    }

    @Test
    void shouldSayAuto_untilAdmissionHasDecided() {
        Video video = Videos.of(PromptSubmitted.of(job, "p"), Fixtures.NOON);

        assertThat(video.status()).isEqualTo("queued");
        assertThat(video.seconds()).isEqualTo("auto");
        assertThat(video.size()).isEqualTo("auto");
        assertThat(video.model()).isEqualTo("auto");
    }
}
