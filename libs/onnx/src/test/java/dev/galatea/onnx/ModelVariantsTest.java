package dev.galatea.onnx;

import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.testsupport.BundleVariants;
import dev.galatea.testsupport.TinyBundles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A bundle whose decoder has a variant for the CPU, which doubles what it gets, and another one for GPUs. */
class ModelVariantsTest {

    private static final String DECODER = "decoder";
    private static final String PREVIEW_DECODER = "previewDecoder";

    @TempDir
    Path temp;

    private Path directory;

    @BeforeEach
    void makeBundle() throws Exception {
        directory = TinyBundles.copy(TinyBundles.WAN21, temp);
        BundleVariants.add(directory, DECODER, "decoder.bf16.onnx", fixture("doubling-bf16.onnx"), "bf16", "cuda");
        BundleVariants.add(directory, DECODER, "decoder.int8.onnx", fixture("doubling.onnx"), "int8", "cpu");
    }

    @Test
    void shouldOpenTheVariantForTheProvider() throws Exception {
        try (OnnxModel decoder = runtime(Map.of()).open(bundle(), DECODER, OnnxSignature.DECODER);
                OnnxModel preview = runtime(Map.of()).open(bundle(), PREVIEW_DECODER, OnnxSignature.DECODER)) {
            assertThat(isTheVariant(decoder)).isTrue();
            assertThat(isTheVariant(preview)).isTrue();
        }
    }

    @Test
    void shouldOpenTheFileItself_whenVariantsAreSwitchedOff() throws Exception {
        try (OnnxModel model =
                runtime(Map.of("galatea.onnx.variants", "none")).open(bundle(), DECODER, OnnxSignature.DECODER)) {
            assertThat(isTheVariant(model)).isFalse();
        }
        OnnxRuntime some = runtime(Map.of("galatea.onnx.roles.preview-decoder.variants", "none"));
        try (OnnxModel decoder = some.open(bundle(), DECODER, OnnxSignature.DECODER);
                OnnxModel preview = some.open(bundle(), PREVIEW_DECODER, OnnxSignature.DECODER)) {
            assertThat(isTheVariant(decoder)).isTrue();
            assertThat(isTheVariant(preview)).isFalse();
        }
    }

    @Test
    void shouldNameFileAndVariant_whenTheInterfaceIsAnother() throws Exception {
        BundleVariants.add(directory, "encoder", "encoder.int8.onnx", fixture("doubling.onnx"), "int8", "cpu");

        assertThatThrownBy(() -> runtime(Map.of()).open(bundle(), "encoder", OnnxSignature.ENCODER))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining(
                        "encoder (files.encoder.variants[0], encoder.int8.onnx): input 'frames' is missing");
    }

    @Test
    void shouldNameTheVariant_whenItsFileIsAltered() throws Exception {
        Files.write(directory.resolve("decoder.int8.onnx"), new byte[] {1, 2, 3});

        assertThatThrownBy(() -> runtime(Map.of()).open(bundle(), DECODER, OnnxSignature.DECODER))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("files.decoder.variants[1].path: decoder.int8.onnx has");
    }

    @Test
    void shouldCountTheFileThatIsOpened() throws Exception {
        List<String> roles = List.of(DECODER);
        long variant = fixture("doubling.onnx").length;
        long own = bundle().manifest().file(DECODER).bytes();

        assertThat(ModelSize.of(config(Map.of()), bundle(), roles).total()).isEqualTo(variant);
        assertThat(ModelSize.of(config(Map.of("galatea.onnx.provider", "cuda")), bundle(), roles)
                        .files())
                .containsOnlyKeys("decoder.bf16.onnx");
        OnnxConfig none = config(Map.of("galatea.onnx.variants", "none"));
        assertThat(ModelSize.of(none, bundle(), roles).total()).isEqualTo(own);
        OnnxConfig mixed = config(Map.of("galatea.onnx.roles.preview-decoder.variants", "none"));
        assertThat(ModelSize.of(mixed, bundle(), List.of(DECODER, PREVIEW_DECODER))
                        .total())
                .isEqualTo(variant + own);
    }

    /** The variant gives what it gets, doubled; the decoder itself carries a state. */
    private static boolean isTheVariant(OnnxModel model) throws Exception {
        if (model.carriesState()) {
            return false;
        }
        try (OnnxTensor tensor = model.tensor(FloatBuffer.wrap(new float[] {3}), 1, 1, 1, 1, 1);
                OrtSession.Result result = model.run(Map.of("latents", tensor))) {
            return OnnxModel.floats(OnnxModel.output(result, "frames")).get(0) == 6;
        }
    }

    private Bundle bundle() throws Exception {
        return new BundleLoader(temp.resolve("cache")).load(directory);
    }

    private static OnnxRuntime runtime(Map<String, String> settings) {
        return new OnnxRuntime(config(settings), new SimpleMeterRegistry());
    }

    private static OnnxConfig config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("galatea.onnx.threads", "1");
        return OnnxConfigs.of(all);
    }

    private static byte[] fixture(String name) throws Exception {
        return Files.readAllBytes(
                Path.of(ModelVariantsTest.class.getResource("/onnx/" + name).toURI()));
    }
}
