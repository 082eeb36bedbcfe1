package dev.galatea.textconditioning.encoder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.model.bundle.BundleManifest.Text;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.text.TextTokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Against {@code embeddings.json}, which src/test/python/make_embedding_fixtures.py writes. */
class TextEncoderTest {

    private static final int DIM = 384;
    private static final JsonNode FIXTURE = fixture();

    @TempDir
    static Path directory;

    private static TextEncoder encoder;

    @BeforeAll
    static void open() throws Exception {
        Path model = copy("all-minilm-l6-v2.onnx");
        Path tokenizer = copy("all-minilm-l6-v2-tokenizer.json");
        encoder = TextEncoder.open(
                runtime(), model, tokenizer, new Text(FIXTURE.get("maxTokens").asInt(), DIM));
    }

    @AfterAll
    static void close() {
        encoder.close();
    }

    @Test
    void shouldUseTheModelThatTheFixtureWasMadeWith() throws IOException {
        assertThat(Sha256.of(Files.readAllBytes(directory.resolve("all-minilm-l6-v2.onnx")))
                        .hex())
                .isEqualTo(FIXTURE.get("model").asText());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldGiveWhatPythonGives(JsonNode expected) throws Exception {
        Tensor actual = encoder.encode(expected.get("text").asText());
        assertThat(actual.shape()).containsExactly(expected.get("ids").size(), DIM);
        float[] values = actual.floats();
        int stride = FIXTURE.get("stride").asInt();
        expected.get("rows").fields().forEachRemaining(row -> {
            int offset = Integer.parseInt(row.getKey()) * DIM;
            for (int i = 0; i < row.getValue().size(); i++) {
                assertThat(values[offset + i * stride])
                        .isCloseTo((float) row.getValue().get(i).asDouble(), within(1e-4f));
            }
        });
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        assertThat(sum).isCloseTo(expected.get("sum").asDouble(), within(0.02));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldTokenizeAsPythonDoes(JsonNode expected) throws Exception {
        try (TextTokenizer tokenizer = TextTokenizer.open(
                directory.resolve("all-minilm-l6-v2-tokenizer.json"),
                FIXTURE.get("maxTokens").asInt())) {
            long[] ids = new ObjectMapper().convertValue(expected.get("ids"), long[].class);
            assertThat(tokenizer.tokenize(expected.get("text").asText())).containsExactly(ids);
        }
    }

    @Test
    void shouldSayWhatIsWrong_whenTheTokenizerIsBroken() throws IOException {
        Path broken = Files.writeString(directory.resolve("broken.json"), "{}");
        Path model = directory.resolve("all-minilm-l6-v2.onnx");
        assertThatThrownBy(() -> TextEncoder.open(runtime(), model, broken, new Text(32, DIM)))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("tokenizer_unreadable"));
    }

    @Test
    void shouldSayWhatIsWrong_whenTheManifestHasAnotherWidth() throws Exception {
        try (TextEncoder other = TextEncoder.open(
                runtime(),
                directory.resolve("all-minilm-l6-v2.onnx"),
                directory.resolve("all-minilm-l6-v2-tokenizer.json"),
                new Text(32, 512))) {
            assertThatThrownBy(() -> other.encode("a ball"))
                    .isInstanceOf(PoisonException.class)
                    .hasMessageContaining("text.dim is 512");
        }
    }

    @Test
    void shouldTakeTheOutputThatTheManifestNames() throws Exception {
        try (TextEncoder named = open(new Text(32, DIM, Text.INPUTS, "output_0"))) {
            assertThat(named.encode("a ball")).isEqualTo(encoder.encode("a ball"));
        }
    }

    @Test
    void shouldSayWhatIsWrong_whenTheModelHasAnotherInterface() {
        assertThatThrownBy(() -> open(new Text(32, DIM, List.of("input_ids"), null)))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("model_interface"))
                .hasMessageContaining("input 'attention_mask' is not known; valid are [input_ids]");
        assertThatThrownBy(() -> open(new Text(32, DIM, Text.INPUTS, "pooled")))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("output 'pooled' is missing");
    }

    private static TextEncoder open(Text text) throws PoisonException {
        return TextEncoder.open(
                runtime(),
                directory.resolve("all-minilm-l6-v2.onnx"),
                directory.resolve("all-minilm-l6-v2-tokenizer.json"),
                text);
    }

    static Stream<JsonNode> cases() {
        Stream.Builder<JsonNode> cases = Stream.builder();
        FIXTURE.get("cases").forEach(cases);
        return cases.build();
    }

    private static OnnxRuntime runtime() {
        return new OnnxRuntime(SingleThreaded.config(), new SimpleMeterRegistry());
    }

    private static Path copy(String resource) throws IOException {
        Path target = directory.resolve(resource);
        try (InputStream in = TextEncoderTest.class.getResourceAsStream("/" + resource)) {
            assertThat(in).as(resource).isNotNull();
            Files.copy(in, target);
        }
        return target;
    }

    private static JsonNode fixture() {
        try (InputStream in = TextEncoderTest.class.getResourceAsStream("/embeddings.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
