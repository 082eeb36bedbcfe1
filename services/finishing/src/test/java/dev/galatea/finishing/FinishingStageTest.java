package dev.galatea.finishing;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

import jakarta.inject.Inject;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.clips.ClipFiles;
import dev.galatea.clips.ClipProgress;
import dev.galatea.clips.ClipRecorder;
import dev.galatea.clips.ClipStore;
import dev.galatea.clips.FfmpegEncoders;
import dev.galatea.clips.video.VideoFormat;
import dev.galatea.finishing.config.FinishingConfig;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.FinishingRequested;
import dev.galatea.model.event.GenerationSettingsBuilder;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.stage.CancelledJobs;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.BrokerClient;
import dev.galatea.testsupport.ExampleSpecs;
import dev.galatea.testsupport.SharedSystemResource;
import dev.galatea.worker.WorkerConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/** Clips of 8 frames a second that get brighter, finished by models without weights. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class FinishingStageTest {

    private static final int FRAMES = 6;
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    @Inject
    ObjectStore objects;

    @Inject
    ClipStore clips;

    @Inject
    FfmpegEncoders encoders;

    @Inject
    FinishingConfig config;

    @Inject
    BundleRepository bundles;

    @Inject
    WorkerConfig worker;

    @Inject
    CancelledJobs cancelledJobs;

    @TempDir
    Path directory;

    private BrokerClient broker;

    @BeforeEach
    void connect() {
        broker = new BrokerClient(
                EventType.CLIP_DECODED.topic(), EventType.PROGRESS.topic(), EventType.DEAD_LETTER_TOPIC);
    }

    @AfterEach
    void disconnect() {
        broker.close();
    }

    @Test
    void shouldAddFramesAndDrawThemLarger() throws Exception {
        JobId jobId = JobId.random();
        Clip decoded = decoded(jobId, FRAMES);
        Clip clip = finished(jobId, decoded, settings -> settings.upscale(2).interpolateToFps(24));
        assertThat(measures(clip)).containsExactly(2 * WIDTH, 2 * HEIGHT, 3 * FRAMES, 24);
        List<Integer> greys = greys(clip);
        assertThat(greys).hasSize(3 * FRAMES);
        for (int i = 0; i < greys.size(); i++) {
            int expected = grey(Math.min(i / 3f, FRAMES - 1));
            assertThat(greys.get(i)).as("frame " + i).isCloseTo(expected, within(3));
        }
        BufferedImage middle = ImageIO.read(new ByteArrayInputStream(objects.read(clip.thumbnail())));
        assertThat(List.of(middle.getWidth(), middle.getHeight())).containsExactly(2 * WIDTH, 2 * HEIGHT);
        assertThat(clip.spritesheet().pictures()).isEqualTo(16);
        assertThat(clip.video().key()).isNotEqualTo(decoded.video().key());
        broker.await(Progress.class, jobId, p -> p.detail().equals(new ProgressDetail.Step(3 * FRAMES, 3 * FRAMES)));
        long bytes = clip.objects().mapToLong(ObjectRef::bytes).sum();
        broker.await(Progress.class, jobId, p -> p.detail().equals(new ProgressDetail.Uploading(bytes)));
        broker.await(Progress.class, jobId, p -> p.detail() instanceof ProgressDetail.Finished);
        assertThat(workFiles()).isZero();
    }

    @Test
    void shouldDrawFramesLarger() throws Exception {
        JobId jobId = JobId.random();
        Clip clip = finished(jobId, decoded(jobId, FRAMES), settings -> settings.upscale(3));
        assertThat(measures(clip)).containsExactly(3 * WIDTH, 3 * HEIGHT, FRAMES, 8);
        assertThat(greys(clip)).hasSize(FRAMES);
    }

    @Test
    void shouldAddFrames() throws Exception {
        JobId jobId = JobId.random();
        Clip clip = finished(jobId, decoded(jobId, FRAMES), settings -> settings.interpolateToFps(20));
        assertThat(measures(clip)).containsExactly(WIDTH, HEIGHT, 15, 20);
        assertThat(greys(clip).get(1)).isCloseTo(grey(0.4f), within(3));
    }

    @Test
    void shouldPointAtTheSameObjects_whenARecordComesTwice() throws Exception {
        JobId jobId = JobId.random();
        JobSpec spec = spec(settings -> settings.upscale(2));
        Clip decoded = decoded(jobId, FRAMES);
        request(jobId, spec, decoded);
        ClipDecoded first = broker.await(ClipDecoded.class, jobId, any -> true);
        request(jobId, spec, decoded);
        await().until(() -> broker.all(ClipDecoded.class, jobId).size() == 2);
        assertThat(broker.all(ClipDecoded.class, jobId)).containsOnly(first);
    }

    @Test
    void shouldDropCancelledJobs() throws Exception {
        JobId jobId = JobId.random();
        Clip decoded = decoded(jobId, FRAMES);
        broker.send(new CloudEvent(
                EventIds.random(), "/test", Instant.now(), JobCommand.cancel(jobId, "changed my mind", Instant.now())));
        await().until(() -> cancelledJobs.reasonFor(jobId).isPresent());
        request(jobId, spec(settings -> settings.upscale(2)), decoded);
        JobId next = JobId.random();
        finished(next, decoded(next, FRAMES), settings -> settings.upscale(2));
        assertThat(broker.all(ClipDecoded.class, jobId)).isEmpty();
    }

    @Test
    void shouldFailTheJob_whenTheClipIsNone() throws Exception {
        JobId jobId = JobId.random();
        Clip decoded = decoded(jobId, FRAMES);
        byte[] noise = new byte[5000];
        new Random(7).nextBytes(noise);
        ObjectRef broken = objects.put(ObjectKeys.clip(jobId, Sha256.of(noise)), "video/mp4", noise);
        assertFails(withVideo(decoded, broken, FRAMES, WIDTH), "clip_broken", "clip.video: can't be read: ");
    }

    @Test
    void shouldFailTheJob_whenTheClipIsNotAsItIsSaidToBe() throws Exception {
        JobId jobId = JobId.random();
        Clip decoded = decoded(jobId, FRAMES);
        assertFails(
                withVideo(decoded, decoded.video(), FRAMES + 1, WIDTH),
                "clip_broken",
                "clip.video: has 6 frames; valid are 7");
        assertFails(
                withVideo(decoded, decoded.video(), FRAMES - 1, WIDTH),
                "clip_broken",
                "clip.video: has more than 5 frames; valid are 5");
        assertFails(
                withVideo(decoded, decoded.video(), FRAMES, WIDTH + 2),
                "clip_broken",
                "clip.video: has frames of another size; valid is 66x48");
    }

    @Test
    void shouldFailTheJob_whenTheClipIsCutOff() throws Exception {
        JobId jobId = JobId.random();
        Clip decoded = decoded(jobId, 40);
        byte[] whole = objects.read(decoded.video());
        byte[] half = Arrays.copyOf(whole, whole.length - whole.length / 4);
        ObjectRef cut = objects.put(ObjectKeys.clip(jobId, Sha256.of(half)), "video/mp4", half);
        assertFails(withVideo(decoded, cut, 40, WIDTH), "clip_broken", "clip.video: ");
    }

    @Test
    void shouldFailTheJob_whenTheBundleHasNoSuchModel() throws Exception {
        JobId jobId = JobId.random();
        request(jobId, spec(settings -> settings.upscale(5)), decoded(jobId, FRAMES));
        Progress failed = broker.await(Progress.class, jobId, p -> p.detail() instanceof ProgressDetail.Failed);
        assertThat(((ProgressDetail.Failed) failed.detail()).failure().message())
                .isEqualTo("spec.upscale: is 5; valid for bundle 'tiny' are [1, 2, 3]");
    }

    private Clip finished(JobId jobId, Clip decoded, Consumer<GenerationSettingsBuilder> settings) throws Exception {
        JobSpec spec = spec(settings);
        request(jobId, spec, decoded);
        ClipDecoded output = broker.await(ClipDecoded.class, jobId, any -> true);
        assertThat(output.spec()).isEqualTo(spec);
        return output.clip();
    }

    private void assertFails(Clip clip, String code, String message) throws Exception {
        JobId jobId = JobId.random();
        request(jobId, spec(settings -> settings.upscale(2)), clip);
        Progress failed = broker.await(Progress.class, jobId, p -> p.detail() instanceof ProgressDetail.Failed);
        ProgressDetail.Failed detail = (ProgressDetail.Failed) failed.detail();
        assertThat(detail.failure().code()).isEqualTo(code);
        assertThat(detail.failure().message()).startsWith(message);
        broker.awaitDeadLetter(jobId.toString());
        assertThat(workFiles()).isZero();
    }

    private void request(JobId jobId, JobSpec spec, Clip clip) throws Exception {
        broker.send(new CloudEvent(
                EventIds.of(jobId, EventType.FINISHING_REQUESTED),
                "/services/decoding",
                Instant.now(),
                new FinishingRequested(jobId, spec, clip)));
    }

    private JobSpec spec(Consumer<GenerationSettingsBuilder> change) throws Exception {
        return ExampleSpecs.text("tiny", bundles.byName("tiny").digest())
                .withSettings(settings ->
                        settings.width(WIDTH).height(HEIGHT).frames(FRAMES).steps(4))
                .withSettings(change);
    }

    /** A clip of grey frames in the store, as decoding puts it there. */
    private Clip decoded(JobId jobId, int frames) throws Exception {
        Path files = Files.createDirectories(directory.resolve(jobId.toString()));
        VideoFormat format = new VideoFormat(WIDTH, HEIGHT, 8, 12);
        float[] frame = new float[format.frameBytes()];
        try (ClipRecorder recorder =
                new ClipRecorder(encoders.open(config.video()), format, frames, new Unobserved(), files)) {
            for (int i = 0; i < frames; i++) {
                Arrays.fill(frame, grey(i) / 127.5f - 1);
                recorder.accept(i, frame);
            }
            ClipFiles clip = recorder.finish();
            return clips.put(jobId, clip);
        }
    }

    private static int grey(float index) {
        return Math.round(20 + 30 * (index % 6));
    }

    /** The grey of each frame, in 256 steps. */
    private List<Integer> greys(Clip clip) throws Exception {
        Path file = Files.write(directory.resolve("finished.mp4"), objects.read(clip.video()));
        List<Integer> greys = new ArrayList<>();
        encoders.reader(config.video())
                .read(
                        file,
                        new VideoFormat(clip.width(), clip.height(), clip.fps(), 12),
                        clip.frames(),
                        (index, frame) -> greys.add(Math.round((frame[frame.length / 2] + 1) * 127.5f)));
        return greys;
    }

    private static List<Integer> measures(Clip clip) {
        return List.of(clip.width(), clip.height(), clip.frames(), clip.fps());
    }

    private static Clip withVideo(Clip clip, ObjectRef video, int frames, int width) {
        return new Clip(video, clip.thumbnail(), clip.spritesheet(), width, clip.height(), frames, clip.fps());
    }

    private long workFiles() throws Exception {
        try (Stream<Path> files = Files.list(worker.workDir().resolve("finishing"))) {
            return files.count();
        }
    }

    private static final class Unobserved implements ClipProgress {

        @Override
        public void framesDone(int done, int all) {}

        @Override
        public void uploading(long bytes) {}
    }
}
