package dev.galatea.textconditioning.encoder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.model.bundle.BundleManifest.Cleaning;
import dev.galatea.model.bundle.BundleManifest.EncoderPadding;
import dev.galatea.model.bundle.BundleManifest.Text;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.text.TextTokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Embeddings as diffusers' pipelines of Wan and LTX-Video make them, with the rules that manifests of these families
 * have; {@code t5/embeddings.json} is written by src/test/python/make_t5_fixtures.py.
 */
class PipelineParityTest {

    private static final float LIMIT = 1e-5f;
    private static final List<String> INPUTS = List.of(Text.INPUT_IDS, Text.ATTENTION_MASK);
    private static final JsonNode FIXTURE = fixture();
    private static final int TOKENS = FIXTURE.get("maxTokens").asInt();
    private static final int DIM = FIXTURE.get("dim").asInt();
    private static final EncoderPadding SEEN = new EncoderPadding(TOKENS, 0, false);
    private static final EncoderPadding MASKED = new EncoderPadding(TOKENS, 0, true);

    static Stream<JsonNode> wan() {
        return cases("wan");
    }

    static Stream<JsonNode> ltx() {
        return cases("ltx");
    }

    @ParameterizedTest
    @MethodSource("wan")
    void shouldGiveWhatWansPipelineGives(JsonNode expected) throws Exception {
        try (TextEncoder encoder = open("wan", Cleaning.WAN, null)) {
            Tensor actual = encoder.encode(expected.get("text").asText());
            requireRows(actual, expected.get("embeddings"));
            int tokens = (int) actual.shape()[0];
            for (int row = tokens; row < TOKENS; row++) {
                assertThat(expected.get("embeddings").get(row)).allMatch(value -> value.asDouble() == 0);
            }
        }
    }

    /** A masked pad changes nothing that the prompt's own tokens give. */
    @ParameterizedTest
    @MethodSource("wan")
    void shouldGiveTheSame_whenPaddingIsMasked(JsonNode expected) throws Exception {
        try (TextEncoder encoder = open("wan", Cleaning.WAN, MASKED)) {
            requireRows(encoder.encode(expected.get("text").asText()), expected.get("embeddings"));
        }
    }

    @ParameterizedTest
    @MethodSource("ltx")
    void shouldGiveWhatLtxsPipelineGives(JsonNode expected) throws Exception {
        try (TextEncoder encoder = open("ltx", Cleaning.NONE, SEEN);
                TextEncoder unpadded = open("ltx", Cleaning.NONE, null)) {
            Tensor actual = encoder.encode(expected.get("text").asText());
            assertThat(actual.shape()[0]).isEqualTo(expected.get("tokens").asLong());
            requireRows(actual, expected.get("embeddings"));
            if (actual.shape()[0] < TOKENS) {
                Tensor other = unpadded.encode(expected.get("text").asText());
                assertThat(Math.abs(actual.floats()[0] - other.floats()[0]))
                        .as("pads that are seen make other embeddings")
                        .isGreaterThan(1e-3f);
            }
        }
    }

    /** Embeddings of 16 bits have 11 bits of fraction. */
    @ParameterizedTest
    @MethodSource("wan")
    void shouldGiveTheSame_whenEmbeddingsHave16Bits(JsonNode expected) throws Exception {
        try (TextEncoder half = open("wan-f16", Cleaning.WAN, null);
                TextEncoder full = open("wan", Cleaning.WAN, null)) {
            Tensor narrow = half.encode(expected.get("text").asText());
            float[] wide = full.encode(expected.get("text").asText()).floats();
            assertThat(narrow.floats()).hasSameSizeAs(wide);
            for (int i = 0; i < wide.length; i++) {
                assertThat(narrow.floats()[i]).isCloseTo(wide[i], within(Math.abs(wide[i]) * 0x1p-10f + 1e-6f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("wan")
    void shouldKeepTheClosingToken(JsonNode expected) throws Exception {
        try (TextTokenizer tokenizer = TextTokenizer.open(file("tokenizer.json"), TOKENS)) {
            long[] ids = tokenizer.tokenize(expected.get("text").asText());
            assertThat(ids).hasSizeBetween(1, TOKENS).endsWith(1); // </s>
        }
    }

    private static void requireRows(Tensor actual, JsonNode expected) {
        float[] values = actual.floats();
        assertThat(actual.shape()[1]).isEqualTo(DIM);
        for (int i = 0; i < values.length; i++) {
            double value = expected.get(i / DIM).get(i % DIM).asDouble();
            assertThat(values[i]).isCloseTo((float) value, within(LIMIT));
        }
    }

    private static TextEncoder open(String name, Cleaning cleaning, @Nullable EncoderPadding padding) throws Exception {
        Text text = new Text(TOKENS, DIM, INPUTS, null, cleaning, padding, null);
        OnnxRuntime runtime = new OnnxRuntime(SingleThreaded.config(), new SimpleMeterRegistry());
        return TextEncoder.open(runtime, file(name + ".onnx"), file("tokenizer.json"), text);
    }

    private static Path file(String name) throws Exception {
        return Path.of(PipelineParityTest.class.getResource("/t5/" + name).toURI());
    }

    private static Stream<JsonNode> cases(String family) {
        Stream.Builder<JsonNode> cases = Stream.builder();
        FIXTURE.get(family).forEach(cases);
        return cases.build();
    }

    private static JsonNode fixture() {
        try (InputStream in = PipelineParityTest.class.getResourceAsStream("/t5/embeddings.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
