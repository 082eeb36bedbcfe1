package dev.galatea.encoding;

import java.awt.image.BufferedImage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

import jakarta.inject.Inject;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.encoding.media.TestMedia;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.TensorStore;
import dev.galatea.testsupport.BrokerClient;
import dev.galatea.testsupport.SharedSystemResource;
import dev.galatea.worker.WorkerConfig;

import static org.assertj.core.api.Assertions.assertThat;

/** The stage on the real broker and store, with the shipped bundle's encoder. */
@QuarkusTest
@QuarkusTestResource(SharedSystemResource.class)
class EncodingStageTest {

    private static final String BOX = ",drawbox=x=50:y=40:w=50:h=50:c=red:t=fill";
    private static final String SCENE = "color=skyblue:size=160x128" + BOX;

    /** What the shipped autoencoder keeps of the scene's hard edges, less two. */
    private static final double ROUND_TRIP = 21;

    @Inject
    ObjectStore objects;

    @Inject
    TensorStore tensors;

    @Inject
    BundleRepository bundles;

    @Inject
    WorkerConfig config;

    @TempDir
    Path directory;

    private final JobId jobId = JobId.random();
    private BrokerClient broker;
    private ReferenceRequests requests;
    private Bundle bundle;

    @BeforeEach
    void connect() throws Exception {
        bundle = bundles.defaultBundle();
        broker = new BrokerClient(EventType.PROMPT_CONDITIONED.topic(), EventType.PROGRESS.topic());
        requests = new ReferenceRequests(broker, objects, bundle);
    }

    @AfterEach
    void disconnect() {
        broker.close();
    }

    @Test
    void shouldTellOfTheFirstAndTheLastPicture() throws Exception {
        ObjectRef first = upload(TestMedia.picture(directory.resolve("first.png"), SCENE));
        ObjectRef last = upload(TestMedia.picture(directory.resolve("last.jpg"), SCENE + ",hflip"));

        PromptConditioned output = encoded(
                new ReferenceMedia(Role.FIRST_FRAME, MediaSource.stored(first), null, null, MediaSource.stored(last)));

        List<Integer> mask = new ArrayList<>(Collections.nCopies(length(), PromptConditioned.UNKNOWN));
        mask.set(0, PromptConditioned.STILL);
        mask.set(length() - 1, PromptConditioned.STILL);
        assertThat(output.referenceMask()).isEqualTo(mask);
        Tensor latents = tensors.read(output.referenceLatents());
        assertThat(latents.shape()).isEqualTo(shape());
        assertThat(psnr(decodedFrame(latents, 0), directory.resolve("first.png")))
                .isGreaterThan(ROUND_TRIP);
        BufferedImage end = decodedFrame(latents, length() - 1);
        assertThat(psnr(end, TestMedia.picture(directory.resolve("flipped.png"), SCENE + ",hflip")))
                .isGreaterThan(ROUND_TRIP);
        assertThat(config.workDir().resolve("encoding")).isEmptyDirectory();
    }

    @Test
    void shouldGiveTheLatentsOfAVideo_withoutAMask() throws Exception {
        ObjectRef video = upload(TestMedia.make(
                directory.resolve("a.mp4"),
                "color=skyblue:size=160x128:rate=24:duration=2" + BOX,
                "-c:v",
                "libopenh264"));

        PromptConditioned output = encoded(new ReferenceMedia(Role.VIDEO, video, 0.5));

        assertThat(output.referenceMask()).isNull();
        assertThat(output.spec().reference().strength()).isEqualTo(0.5);
        assertThat(tensors.read(output.referenceLatents()).shape()).isEqualTo(shape());
    }

    @Test
    void shouldTellOfTheEndOfAVideo_andKeepAllOfIt() throws Exception {
        BundleManifest.Latent latent = bundle.manifest().latent();
        int fps = bundle.manifest().fps();
        int frames = 2 * latent.sharedFrames();
        // The box is there from the first frame on that the denoiser is told.
        ObjectRef video = upload(TestMedia.make(
                directory.resolve("a.mp4"),
                "color=skyblue:size=160x128:rate=" + fps + BOX + ":enable='gte(n," + latent.sharedFrames() + ")'",
                "-frames:v",
                Integer.toString(frames),
                "-c:v",
                "libopenh264"));

        PromptConditioned output = encoded(new ReferenceMedia(Role.EXTENSION, video, null));

        List<Integer> mask = new ArrayList<>(Collections.nCopies(length(), PromptConditioned.UNKNOWN));
        Collections.fill(mask.subList(0, latent.latentFrames(latent.toldFrames())), PromptConditioned.EXACT);
        assertThat(output.referenceMask()).isEqualTo(mask);
        Tensor latents = tensors.read(output.referenceLatents());
        assertThat(latents.shape()).isEqualTo(shape());
        assertThat(psnr(decodedFrame(latents, 0), TestMedia.picture(directory.resolve("box.png"), SCENE)))
                .isGreaterThan(ROUND_TRIP);
        BundleManifest.Limits limits = bundle.manifest().limits();
        assertThat(output.source().bytes()).isEqualTo(3L * frames * limits.minWidth() * limits.minHeight());
    }

    @Test
    void shouldFailTheJob_whenTheVideoIsTooShortToContinue() throws Exception {
        int frames = bundle.manifest().latent().sharedFrames() - 1;
        ObjectRef video = upload(TestMedia.make(
                directory.resolve("a.mp4"),
                "color=skyblue:size=160x128:rate=" + bundle.manifest().fps(),
                "-frames:v",
                Integer.toString(frames),
                "-c:v",
                "libopenh264"));

        request(new ReferenceMedia(Role.EXTENSION, video, null));

        assertThat(failure().code()).isEqualTo("media_too_short");
        assertThat(failure().message()).startsWith("reference.object: has " + frames + " frames");
    }

    @Test
    void shouldGiveTheSameEvent_whenARecordComesTwice() throws Exception {
        ReferenceMedia reference = new ReferenceMedia(
                Role.LAST_FRAME, upload(TestMedia.picture(directory.resolve("a.webp"), SCENE)), null);
        PromptConditioned first = encoded(reference);
        request(reference);
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> conditioned().size() == 2);

        assertThat(conditioned()).containsOnly(first);
        assertThat(first.referenceMask()).last().isEqualTo(PromptConditioned.STILL);
    }

    @Test
    void shouldFetchThePictureAtAnAddress() throws Exception {
        Path picture = TestMedia.picture(directory.resolve("first.png"), SCENE);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/first.png", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, Files.size(picture));
                Files.copy(picture, exchange.getResponseBody());
            }
        });
        server.start();
        try {
            String origin = "http://127.0.0.1:" + server.getAddress().getPort();
            MediaSource source = MediaSource.at(origin + "/first.png");

            PromptConditioned output = encoded(new ReferenceMedia(Role.FIRST_FRAME, source, null, null, null));

            assertThat(output.referenceMask()).first().isEqualTo(PromptConditioned.STILL);
            assertThat(psnr(decodedFrame(tensors.read(output.referenceLatents()), 0), picture))
                    .isGreaterThan(ROUND_TRIP);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void shouldFailTheJob_whenThePictureIsNone() throws Exception {
        Path file = Files.writeString(directory.resolve("a.png"), "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/secret\n");
        request(new ReferenceMedia(Role.FIRST_FRAME, upload(file), null));

        Failure failure = failure();
        assertThat(failure.code()).isEqualTo("media_not_known");
        assertThat(failure.message())
                .isEqualTo("reference.object: is not a supported picture by its first bytes (it is a playlist);"
                        + " valid are JPEG, PNG, WEBP");
        assertThat(objects.list(ObjectKeys.jobPrefix(jobId), 10))
                .as("nothing was written")
                .containsOnly(ObjectKeys.upload(jobId, Sha256.of(Files.readAllBytes(file))));
    }

    private Failure failure() {
        Progress failed =
                broker.await(Progress.class, jobId, progress -> progress.detail() instanceof ProgressDetail.Failed);
        return ((ProgressDetail.Failed) failed.detail()).failure();
    }

    private PromptConditioned encoded(ReferenceMedia reference) throws Exception {
        request(reference);
        return broker.await(PromptConditioned.class, jobId, any -> true);
    }

    private void request(ReferenceMedia reference) throws Exception {
        requests.send(jobId, reference);
    }

    private ObjectRef upload(Path file) throws Exception {
        return requests.upload(jobId, file);
    }

    private long[] shape() {
        BundleManifest manifest = bundle.manifest();
        BundleManifest.Limits limits = manifest.limits();
        return manifest.latent().shape(manifest.defaults().frames(), limits.minHeight(), limits.minWidth());
    }

    private int length() {
        return (int) shape()[1];
    }

    private List<PromptConditioned> conditioned() throws Exception {
        return broker.all(PromptConditioned.class, jobId);
    }

    /** The first picture of one latent frame, by the bundle's decoder. */
    private BufferedImage decodedFrame(Tensor latents, int frame) throws Exception {
        long[] shape = shape();
        int area = (int) (shape[2] * shape[3]);
        float[] all = latents.floats();
        float[] one = new float[(int) shape[0] * area];
        for (int c = 0; c < shape[0]; c++) {
            System.arraycopy(all, (c * length() + frame) * area, one, c * area, area);
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession decoder =
                        environment.createSession(bundle.file("decoder").toString());
                OnnxTensor input = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(one), new long[] {1, shape[0], 1, shape[2], shape[3]});
                OrtSession.Result result = decoder.run(Map.of("latents", input))) {
            OnnxTensor frames = (OnnxTensor) result.get(0);
            long[] size = frames.getInfo().getShape();
            ByteBuffer bytes = frames.getByteBuffer();
            FloatBuffer values = bytes.asFloatBuffer();
            int width = (int) size[4];
            int height = (int) size[3];
            int plane = (int) size[2] * height * width;
            BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < width * height; i++) {
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    float value = (values.get(c * plane + i) + 1) * 127.5f;
                    rgb = rgb << 8 | Math.round(Math.min(Math.max(value, 0), 255));
                }
                image.setRGB(i % width, i / width, rgb);
            }
            return image;
        }
    }

    /** Against the middle of a picture of the same height. */
    private static double psnr(BufferedImage made, Path picture) throws Exception {
        BufferedImage whole = ImageIO.read(picture.toFile());
        int left = (whole.getWidth() - made.getWidth()) / 2;
        double sum = 0;
        for (int y = 0; y < made.getHeight(); y++) {
            for (int x = 0; x < made.getWidth(); x++) {
                for (int shift = 0; shift < 24; shift += 8) {
                    int difference = (made.getRGB(x, y) >> shift & 0xff) - (whole.getRGB(x + left, y) >> shift & 0xff);
                    sum += difference * difference;
                }
            }
        }
        return 10 * Math.log10(255.0 * 255.0 * 3 * made.getWidth() * made.getHeight() / sum);
    }
}
