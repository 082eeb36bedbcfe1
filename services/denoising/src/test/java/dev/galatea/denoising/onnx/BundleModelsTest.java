package dev.galatea.denoising.onnx;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.denoising.Settings;
import dev.galatea.denoising.diffusion.Denoiser.Input;
import dev.galatea.denoising.diffusion.DenoiserException;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxRuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class BundleModelsTest {

    private static final Path TINY = Path.of("src/test/resources/bundles/tiny");
    private static final long[] SHAPE = {4, 3, 2, 5};

    @TempDir
    Path directory;

    private final OnnxRuntime runtime = new OnnxRuntime(Settings.onnx(), new SimpleMeterRegistry());
    private final ModelCache cache = new ModelCache(runtime, new ModelMemory(Settings.onnx()), Settings.denoising());

    @Test
    void shouldKeepElementsOfABatchApart_whenContextsDifferInLength() throws Exception {
        Tensor latents = TorchRandn.sample(1, SHAPE);
        Tensor shorter = Tensor.f32(new long[] {1, 3}, new float[] {1, 2, 3});
        Tensor longer = Tensor.f32(new long[] {2, 3}, new float[] {4, 4, 4, -1, -1, -1});
        try (ModelCache.Lease lease = cache.acquire(tiny())) {
            var denoiser = lease.models().denoiser();
            for (int run = 0; run < 2; run++) {
                List<Tensor> predictions =
                        denoiser.predict(List.of(new Input(latents, 500, shorter), new Input(latents, 250, longer)));
                assertPrediction(predictions.get(0), latents, 0.5f + 2);
                assertPrediction(predictions.get(1), latents, 0.25f + 1.5f);
            }
            assertPrediction(
                    denoiser.predict(List.of(new Input(latents, 0, longer))).get(0), latents, 1.5f);
        }
    }

    /** The model adds the mean of what the mask lets it see. */
    @ParameterizedTest
    @CsvSource({"false, 0.5, 0.75", "true, 2, 1.5"})
    void shouldPadContexts_asTheManifestSays(boolean masked, float ofShorter, float ofLonger) throws Exception {
        Tensor latents = TorchRandn.sample(1, SHAPE);
        Tensor shorter = Tensor.f32(new long[] {1, 3}, new float[] {1, 2, 3});
        Tensor longer = Tensor.f32(new long[] {2, 3}, new float[] {4, 4, 4, -1, -1, -1});
        Bundle padded = copyOfTiny("padded", manifest -> manifest.replace("galatea-bundle/1", "galatea-bundle/2")
                .replaceFirst("\"maxTokens\": *\\d+", "\"maxTokens\": 4")
                .replace("\"text\": {", "\"text\": {\"contextPadding\": {\"to\": 4, \"masked\": " + masked + "}, "));
        try (ModelCache.Lease lease = cache.acquire(padded)) {
            List<Tensor> predictions = lease.models()
                    .denoiser()
                    .predict(List.of(new Input(latents, 0, shorter), new Input(latents, 0, longer)));
            assertPrediction(predictions.get(0), latents, ofShorter);
            assertPrediction(predictions.get(1), latents, ofLonger);
        }
    }

    /** The same arithmetic in 32 bits, between inputs and a prediction of 16. */
    @Test
    void shouldConvertAtTheBorder_whenTheDenoiserHasFloatsOf16Bits() throws Exception {
        byte[] half = Files.readAllBytes(TINY.resolveSibling("denoiser-f16.onnx"));
        Bundle narrow = copyOfTiny(
                "narrow",
                manifest -> manifest.replaceFirst(
                        "(?s)\"denoiser\": *\\{.*?\\}",
                        "\"denoiser\": {\"path\": \"half.onnx\", \"sha256\": \"" + Sha256.of(half) + "\", \"bytes\": "
                                + half.length + "}"));
        Files.write(directory.resolve("narrow/half.onnx"), half);
        Tensor latents = TorchRandn.sample(1, SHAPE);
        Tensor context = Tensor.f32(new long[] {1, 3}, new float[] {1, 2, 3});
        try (ModelCache.Lease lease = cache.acquire(narrow)) {
            Tensor prediction = lease.models()
                    .denoiser()
                    .predict(List.of(new Input(latents, 500, context)))
                    .get(0);
            float[] expected = latents.floats();
            float[] actual = prediction.floats();
            for (int i = 0; i < expected.length; i++) {
                float value = expected[i] / 2 + 0.5f + 2;
                assertThat(actual[i]).isCloseTo(value, within(2e-3f * 4));
            }
        }
    }

    @Test
    void shouldSayWhatIsWrong_whenContextDoesNotFitTheModel() throws Exception {
        Tensor context = Tensor.f32(new long[] {1, 2}, new float[] {1, 2});
        try (ModelCache.Lease lease = cache.acquire(tiny())) {
            Input input = new Input(TorchRandn.sample(1, SHAPE), 0, context);
            assertThatThrownBy(() -> lease.models().denoiser().predict(List.of(input)))
                    .isInstanceOf(DenoiserException.class)
                    .hasCauseInstanceOf(PoisonException.class)
                    .hasMessageContaining("context");
        }
    }

    @Test
    void shouldPaintTheMiddle_asJpeg() throws Exception {
        float[] values = new float[4 * 3 * 2 * 5];
        Arrays.fill(values, 0, 30, 5); // channel 0 high, the others low: red
        Arrays.fill(values, 30, 90, -5);
        try (ModelCache.Lease lease = cache.acquire(tiny())) {
            byte[] jpeg = lease.models().preview(Tensor.f32(SHAPE, values));
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
            assertThat(image.getWidth()).isEqualTo(40);
            assertThat(image.getHeight()).isEqualTo(16);
            int rgb = image.getRGB(20, 8);
            assertThat((rgb >> 16) & 255).isGreaterThan(240);
            assertThat((rgb >> 8) & 255).isLessThan(15);
            assertThat(rgb & 255).isLessThan(15);
        }
    }

    /** With nothing but noise, all latents look alike. */
    @Test
    void shouldGiveTheDecoderItsNoise_whenItTakesSomeOut() throws Exception {
        Bundle noisy = copyOfTiny("noisy", manifest -> manifest.replace("galatea-bundle/1", "galatea-bundle/2")
                .replaceFirst("\"decoding\": *\\{", "\"decoding\": {\"noise\": 1, "));
        Tensor one = TorchRandn.sample(1, SHAPE);
        Tensor other = TorchRandn.sample(2, SHAPE);
        try (ModelCache.Lease lease = cache.acquire(noisy);
                ModelCache.Lease plain = cache.acquire(tiny())) {
            assertThat(lease.models().preview(one))
                    .isEqualTo(lease.models().preview(other))
                    .isNotEqualTo(plain.models().preview(one));
            assertThat(plain.models().preview(one)).isNotEqualTo(plain.models().preview(other));
        }
    }

    @Test
    void shouldPaintWithoutTheDecoder_whenTheBundleSaysHow() throws Exception {
        copyOfTiny("matrix");
        Path file = directory.resolve("matrix/bundle.json");
        ObjectNode manifest = (ObjectNode) new ObjectMapper().readTree(file.toFile());
        manifest.put("format", BundleManifest.FORMAT);
        manifest.set("preview", new ObjectMapper().readTree("""
            {"latentToRgb": [[0, 0, 0], [0, 0.5, 0], [0, 0, -0.5], [0, 0, 0]], "bias": [-1, 0, 0]}\
            """));
        Files.writeString(file, manifest.toString());
        // Who loads a decoder that is not there fails.
        Files.delete(directory.resolve("matrix/decoder.onnx"));
        float[] values = new float[4 * 3 * 2 * 5];
        Arrays.fill(values, 30, 90, 2);
        Bundle bundle = new BundleLoader(directory).load(file.getParent());
        try (ModelCache.Lease lease = cache.acquire(bundle)) {
            BufferedImage image =
                    ImageIO.read(new ByteArrayInputStream(lease.models().preview(Tensor.f32(SHAPE, values))));
            assertThat(image.getWidth()).isEqualTo(40);
            assertThat(image.getHeight()).isEqualTo(16);
            int rgb = image.getRGB(20, 8);
            assertThat((rgb >> 16) & 255).isLessThan(15);
            assertThat((rgb >> 8) & 255).isGreaterThan(240);
            assertThat(rgb & 255).isLessThan(15);
        }
    }

    @Test
    void shouldKeepModelsInUse_whenOthersAreLoaded() throws Exception {
        Bundle first = copyOfTiny("first");
        try (ModelCache.Lease lease = cache.acquire(first)) {
            for (String name : List.of("second", "third", "fourth")) {
                cache.acquire(copyOfTiny(name)).close();
            }
            Input input = new Input(TorchRandn.sample(1, SHAPE), 0, Tensor.f32(new long[] {1, 3}, new float[3]));
            assertThat(lease.models().denoiser().predict(List.of(input))).hasSize(1);
            try (ModelCache.Lease again = cache.acquire(first)) {
                assertThat(again.models()).isSameAs(lease.models());
            }
        }
        cache.acquire(copyOfTiny("fifth")).close();
        cache.acquire(copyOfTiny("sixth")).close();
        cache.close();
    }

    @Test
    void shouldRefuseWithReason_whenFileIsNotTheManifests() throws Exception {
        Bundle altered = copyOfTiny("altered");
        Path denoiser = directory.resolve("altered/denoiser.onnx");
        byte[] bytes = Files.readAllBytes(denoiser);
        bytes[bytes.length - 1] ^= 1;
        Files.write(denoiser, bytes);
        assertThatThrownBy(() -> cache.acquire(altered))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("bundle_digest_mismatch"));
    }

    private static void assertPrediction(Tensor prediction, Tensor latents, float shift) {
        assertThat(prediction.shape()).containsExactly(SHAPE);
        float[] expected = latents.floats();
        for (int i = 0; i < expected.length; i++) {
            expected[i] = expected[i] / 2 + shift;
        }
        assertThat(prediction.floats()).containsExactly(expected, within(1e-6f));
    }

    private Bundle tiny() throws Exception {
        return new BundleLoader(directory).load(TINY);
    }

    /** A bundle with a digest of its own. */
    private Bundle copyOfTiny(String name) throws Exception {
        return copyOfTiny(name, UnaryOperator.identity());
    }

    private Bundle copyOfTiny(String name, UnaryOperator<String> change) throws Exception {
        Path copy = Files.createDirectories(directory.resolve(name));
        for (String file : List.of("denoiser.onnx", "decoder.onnx")) {
            Files.copy(TINY.resolve(file), copy.resolve(file));
        }
        String manifest = Files.readString(TINY.resolve("bundle.json"));
        String named = manifest.replace("\"tiny\"", "\"" + name + "\"");
        Files.writeString(copy.resolve("bundle.json"), change.apply(named));
        return new BundleLoader(directory).load(copy);
    }
}
