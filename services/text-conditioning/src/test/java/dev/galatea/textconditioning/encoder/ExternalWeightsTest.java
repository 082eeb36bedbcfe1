package dev.galatea.textconditioning.encoder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.BundleSources;
import dev.galatea.bundles.BundlesConfig;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxConfig;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.store.StoreConfig;
import dev.galatea.testsupport.BundleVariants;
import dev.galatea.textconditioning.BundleDirectory;
import dev.galatea.textconditioning.embedding.EncoderId;
import dev.galatea.worker.WorkerConfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Encoders whose weights are in a file beside the graph, as those over 2 GB: two may have the very same graph. */
class ExternalWeightsTest {

    private static final String TEXT =
            "{\"maxTokens\": 24, \"dim\": 16, \"inputs\": [\"input_ids\", \"attention_mask\"]}";

    @TempDir
    Path directory;

    private final EncoderIds ids = new EncoderIds(new OnnxRuntime(SingleThreaded.config(), new SimpleMeterRegistry()));

    @Test
    void shouldTellEncodersApart_whenTheyDifferInExternalWeightsOnly() throws Exception {
        byte[] weights = fixture("wan.onnx.data");
        Bundle first = bundle("first", weights);
        Bundle second = bundle("second", halved(weights));
        TextEncoders encoders = textEncoders(SingleThreaded.config());
        try {
            assertThat(first.manifest().file("textEncoder"))
                    .isEqualTo(second.manifest().file("textEncoder"));
            assertThat(ids.of(first)).isNotEqualTo(ids.of(second));
            Tensor ofFirst = encoders.encode(first, "a red ball");
            Tensor ofSecond = encoders.encode(second, "a red ball");
            assertThat(ofFirst.shape()).isEqualTo(ofSecond.shape());
            assertThat(largestDifference(ofFirst.floats(), ofSecond.floats())).isGreaterThan(0.01f);
        } finally {
            encoders.close();
        }
    }

    @Test
    void shouldShareAnEncoder_whenAllThatMakesEmbeddingsIsTheSame() throws Exception {
        byte[] weights = fixture("wan.onnx.data");
        Bundle first = bundle("first", weights);
        Bundle second = bundle("second", weights);

        assertThat(first.digest()).isNotEqualTo(second.digest());
        assertThat(ids.of(first)).isEqualTo(ids.of(second));
    }

    /** What stands in the store under such ids is valid still. */
    @Test
    void shouldKeepTheIdsOfEncodersThatHoldTheirWeightsThemselves() throws Exception {
        Bundle bundle = bundle("first", fixture("wan.onnx.data"));
        var manifest = bundle.manifest();
        String parts = manifest.file("textEncoder").sha256() + "/"
                + manifest.file("tokenizer").sha256() + "/24";

        assertThat(EncoderId.of(manifest, manifest.file("textEncoder"), new TreeMap<>()))
                .isEqualTo(Sha256.of(parts.getBytes(UTF_8)));
    }

    @Test
    void shouldTellEncodersApart_whenTheyAreGivenOtherTexts() throws Exception {
        List<BundleManifest> manifests = new ArrayList<>();
        for (String rule : List.of(
                "",
                ", \"cleaning\": \"wan\"",
                ", \"encoderPadding\": {\"to\": 24, \"id\": 0, \"masked\": false}",
                ", \"encoderPadding\": {\"to\": 24, \"id\": 0, \"masked\": true}",
                ", \"encoderPadding\": {\"to\": 25, \"id\": 0, \"masked\": true}",
                ", \"encoderPadding\": {\"to\": 24, \"id\": 1, \"masked\": true}")) {
            String text = TEXT.replace("}", rule + "}");
            manifests.add(bundle("rules", fixture("wan.onnx.data"), text).manifest());
        }

        assertThat(manifests).extracting(manifest -> id(manifest)).doesNotHaveDuplicates();
        BundleManifest padded = bundle(
                        "rules",
                        fixture("wan.onnx.data"),
                        TEXT.replace("}", ", \"contextPadding\": {\"to\": 24, \"masked\": false}}"))
                .manifest();
        assertThat(id(padded))
                .as("what the denoiser is given makes no other embeddings")
                .isEqualTo(id(manifests.get(0)));
    }

    @Test
    void shouldTellAVariantFromTheEncoderItself() throws Exception {
        Bundle plain = bundle("first", fixture("wan.onnx.data"));
        Path second = directory.resolve("second");
        bundle("second", fixture("wan.onnx.data"));
        BundleVariants.add(second, "textEncoder", "wan.int8.onnx", fixture("wan-f16.onnx"), "int8", "cpu");
        Bundle varied = new BundleLoader(directory.resolve("cache")).load(second);

        assertThat(ids.of(varied)).isNotEqualTo(ids.of(plain));
        assertThat(new EncoderIds(new OnnxRuntime(
                                SingleThreaded.mapping(OnnxConfig.class, Map.of("galatea.onnx.variants", "none")),
                                new SimpleMeterRegistry()))
                        .of(varied))
                .isEqualTo(ids.of(plain));
    }

    private static Sha256 id(BundleManifest manifest) {
        return EncoderId.of(manifest, manifest.file("textEncoder"), new TreeMap<>());
    }

    /** Graph and weights of one encoder take 109,016 bytes. */
    @Test
    void shouldCloseOneEncoderForAnother_whenBothDoNotFit() throws Exception {
        byte[] weights = fixture("wan.onnx.data");
        Bundle first = bundle("first", weights);
        Bundle second = bundle("second", halved(weights));
        TextEncoders encoders = textEncoders(SingleThreaded.config(Map.of("galatea.onnx.memory-budget", "120000")));
        try {
            Tensor before = encoders.encode(first, "a red ball");
            encoders.encode(second, "a red ball");
            assertThat(encoders.encode(first, "a red ball")).isEqualTo(before);
        } finally {
            encoders.close();
        }
    }

    @Test
    void shouldRefuseAnEncoderThatCanNotFit_withTheSumByFile() throws Exception {
        Bundle bundle = bundle("wide", fixture("wan.onnx.data"));
        OnnxConfig config = SingleThreaded.config(Map.of("galatea.onnx.memory-budget", "100000"));
        String sum = "bundle 'wide' needs 0.1 MiB (wan.onnx 0.1 MiB + wan.onnx.data 0.0 MiB)";

        assertThatThrownBy(() -> textEncoders(config).encode(bundle, "a red ball"))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("bundle_too_large"))
                .hasMessageContaining(sum);
        assertThatIllegalStateException()
                .isThrownBy(() -> textEncoders(config).requireRoom(new StartupEvent(), repository()))
                .withMessageContaining(sum);
        textEncoders(SingleThreaded.config()).requireRoom(new StartupEvent(), repository());
    }

    private BundleRepository repository() {
        Map<String, String> values = Map.of(
                "galatea.bundles.path", directory.toString(),
                "galatea.work-dir", directory.resolve("work").toString());
        BundlesConfig config = SingleThreaded.mapping(BundlesConfig.class, values);
        StoreConfig store = SingleThreaded.mapping(StoreConfig.class, values);
        return new BundleRepository(
                config,
                SingleThreaded.mapping(WorkerConfig.class, values),
                new BundleSources(config, store, new SimpleMeterRegistry()));
    }

    private TextEncoders textEncoders(OnnxConfig config) {
        return new TextEncoders(new OnnxRuntime(config, new SimpleMeterRegistry()), ids, new ModelMemory(config));
    }

    private Bundle bundle(String name, byte[] weights) throws Exception {
        return bundle(name, weights, TEXT);
    }

    private Bundle bundle(String name, byte[] weights, String text) throws Exception {
        return BundleDirectory.in(directory.resolve(name))
                .file("textEncoder", "wan.onnx", fixture("wan.onnx"))
                .file("textEncoderWeights", "wan.onnx.data", weights)
                .file("tokenizer", "tokenizer.json", fixture("tokenizer.json"))
                .text(text)
                .load(directory.resolve("cache"));
    }

    private static byte[] halved(byte[] weights) {
        ByteBuffer half = ByteBuffer.wrap(weights.clone()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < weights.length; i += Float.BYTES) {
            half.putFloat(i, half.getFloat(i) / 2);
        }
        return half.array();
    }

    private static float largestDifference(float[] a, float[] b) {
        float largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    private static byte[] fixture(String name) throws IOException {
        try (InputStream in = ExternalWeightsTest.class.getResourceAsStream("/t5/" + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }
}
