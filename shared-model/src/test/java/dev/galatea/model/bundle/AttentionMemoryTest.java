package dev.galatea.model.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.OnnxAttention.Square;
import dev.galatea.model.bundle.OnnxExternalData.MalformedModelException;

import static dev.galatea.model.bundle.BundleFixture.concat;
import static dev.galatea.model.bundle.BundleFixture.message;
import static dev.galatea.model.bundle.BundleFixture.text;
import static dev.galatea.model.bundle.BundleLoaderTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** A denoiser that would make scores of tokens by tokens is refused where they take too much memory. */
class AttentionMemoryTest {

    private static final byte[] FLOAT = {1 << 3, 1};
    private static final byte[] HALF = {1 << 3, 10};
    private static final String CONTRIB = "com.microsoft";

    @TempDir
    Path temp;

    private BundleFixture fixture;

    @BeforeEach
    void makeBundle() {
        fixture = BundleFixture.in(temp.resolve("tiny"));
    }

    @Test
    void shouldRefuse_whenTheLargestClipsScoresTakeTooMuch() throws Exception {
        limits(832, 480, 81);
        Bundle bundle = withDenoiser(concat(
                node("Attention", "", "/blocks.0/attn", heads("q_num_heads", 12), "q", "k", "v"),
                value("q", FLOAT, "B", "N", "1536"),
                value("k", FLOAT, "B", "N", "1536")));

        assertRefused(
                () -> bundle.file("denoiser"),
                Code.ATTENTION_MEMORY,
                "files.denoiser: denoiser.onnx: Attention '/blocks.0/attn'",
                "32760 × 32760 tokens for 12 heads: 48.0 GiB for the largest clip (832×480, 81 frames)",
                "valid is up to 1 GiB: export attention as com.microsoft.MultiHeadAttention");
    }

    @Test
    void shouldRefuse_whenTheSecondExpertDoes() throws Exception {
        limits(832, 480, 81);
        fixture.withLowNoiseExpert("low.onnx", model(node("Attention", "", "a", new byte[0], "q", "k", "v")));
        Bundle bundle = fixture.load();

        assertThat(bundle.file("denoiser")).exists();
        assertRefused(
                () -> bundle.file("denoiserLowNoise"),
                Code.ATTENTION_MEMORY,
                "low.onnx: Attention 'a' would hold the scores of 32760 × 32760 tokens for 1 head or more: 4.0 GiB");
    }

    @ParameterizedTest
    @CsvSource({"128, 128, 33", "1024, 640, 1", "256, 144, 97"})
    void shouldAccept_whenClipsAreSmall(int width, int height, int frames) throws Exception {
        limits(width, height, frames);

        assertThat(withDenoiser(node("Attention", "", "a", heads("q_num_heads", 12), "q", "k", "v"))
                        .file("denoiser"))
                .exists();
    }

    @Test
    void shouldAccept_whenAttentionMakesNoScores() throws Exception {
        limits(1280, 720, 121);
        byte[] self = node("MultiHeadAttention", CONTRIB, "self", heads("num_heads", 12), "q", "k", "v");
        byte[] cross = node("MultiHeadAttention", CONTRIB, "cross", heads("num_heads", 12), "q", "c", "c", "", "mask");
        Bundle bundle = withDenoiser(
                concat(self, cross, value("q", FLOAT, "B", "N", "1536"), value("c", FLOAT, "B", "L", "1536")));

        assertThat(bundle.file("denoiser")).exists();
    }

    @Test
    void shouldCountWhatMakesScores() throws Exception {
        byte[] shapes = concat(
                value("q", FLOAT, "B", "T*H*W", "1536"),
                value("half", HALF, "B", "12", "T*H*W", "64"),
                value("context", FLOAT, "B", "L", "1536"),
                value("scores", FLOAT, "B", "6", "T*H*W", "T*H*W"),
                value("toContext", FLOAT, "B", "6", "T*H*W", "L"),
                value("window", FLOAT, "B", "6", "49", "49"));
        byte[] nodes = concat(
                node("Attention", "", "three dimensions", heads("q_num_heads", 3), "q", "q", "q"),
                node("Attention", "", "four dimensions", new byte[0], "half", "half", "half"),
                node("Attention", "", "unknown shapes", new byte[0], "x", "y", "z"),
                node("Attention", "", "to the text", heads("q_num_heads", 3), "q", "context", "context"),
                node("Attention", CONTRIB, "contrib", heads("num_heads", 4), "x", "weights", "bias"),
                node("MultiHeadAttention", CONTRIB, "flash", heads("num_heads", 8), "q", "q", "q"),
                node("MultiHeadAttention", CONTRIB, "masked", heads("num_heads", 8), "q", "q", "q", "", "mask"),
                node("MultiHeadAttention", CONTRIB, "biased", heads("num_heads", 8), "q", "q", "q", "", "", "b"),
                node("MultiHeadAttention", CONTRIB, "text", heads("num_heads", 8), "q", "context", "context", "", "m"),
                softmax("soft", "scores"),
                softmax("soft text", "toContext"),
                softmax("soft window", "window"),
                softmax("soft unknown", "nowhere"));
        Path model = Files.write(temp.resolve("model.onnx"), model(concat(nodes, shapes)));

        assertThat(OnnxAttention.squares(model))
                .containsExactly(
                        new Square("Attention", "three dimensions", 3, 4),
                        new Square("Attention", "four dimensions", 12, 2),
                        new Square("Attention", "unknown shapes", 1, 4),
                        new Square("Attention", "contrib", 4, 4),
                        new Square("MultiHeadAttention", "masked", 8, 4),
                        new Square("MultiHeadAttention", "biased", 8, 4),
                        new Square("Softmax", "soft", 6, 4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"subgraph", "function"})
    void shouldFindIt_whereverANodeCanBe(String place) throws Exception {
        byte[] attention = node("Attention", "", "inner", new byte[0], "q", "k", "v");
        byte[] branch = message(5, concat(text(1, "then_branch"), message(6, attention)));
        byte[] content = place.equals("function")
                ? message(25, message(7, Arrays.copyOfRange(attention, 2, attention.length)))
                : model(message(1, concat(text(4, "If"), branch)));

        assertThat(OnnxAttention.squares(Files.write(temp.resolve("model.onnx"), content)))
                .extracting(Square::node)
                .containsExactly("inner");
    }

    @Test
    void shouldAcceptTheShippedBundle() throws Exception {
        Path pebble = Path.of(System.getProperty("repository.root", ".."), "models", "pebble", "denoiser.onnx");
        assumeThat(Files.isRegularFile(pebble)).as("%s is not there", pebble).isTrue();

        assertThat(OnnxAttention.squares(pebble)).isEmpty();
    }

    @Test
    void shouldThrowNothingElse_whenBytesAreMutated() throws Exception {
        byte[] whole = model(concat(
                node("Attention", "", "a", heads("q_num_heads", 3), "q", "q", "q"),
                softmax("soft", "scores"),
                value("q", FLOAT, "B", "N", "1536"),
                value("scores", HALF, "B", "6", "N", "N")));
        Random random = new Random(5);
        Path file = temp.resolve("mutated.onnx");
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = Arrays.copyOf(whole, whole.length - random.nextInt(4));
            for (int i = 0; i <= random.nextInt(3); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, bytes);
            try {
                OnnxAttention.squares(file)
                        .forEach(square -> assertThat(square.heads()).isPositive());
            } catch (MalformedModelException e) {
                assertThat(e).hasMessageStartingWith("at byte ");
            }
        }
    }

    /** Of a model with patches of 16 pixels and 4 frames. */
    private void limits(int width, int height, int frames) {
        fixture.manifest
                .withObject("/limits")
                .put("maxWidth", width)
                .put("maxHeight", height)
                .put("maxFrames", frames)
                .put("minFrames", 1);
        fixture.manifest
                .withObject("/defaults")
                .put("frames", 1)
                .put("width", 32)
                .put("height", 32);
    }

    private Bundle withDenoiser(byte[] graph) throws BundleException {
        return fixture.withFile("denoiser", "denoiser.onnx", model(graph)).load();
    }

    private static byte[] model(byte[] graph) {
        return message(7, graph);
    }

    private static byte[] softmax(String name, String output) {
        return message(1, concat(text(1, "in"), text(2, output), text(3, name), text(4, "Softmax")));
    }

    private static byte[] node(String operator, String domain, String name, byte[] attribute, String... inputs) {
        byte[] takes = new byte[0];
        for (String input : inputs) {
            takes = concat(takes, text(1, input));
        }
        return message(1, concat(takes, text(2, "out"), text(3, name), text(4, operator), attribute, text(7, domain)));
    }

    private static byte[] heads(String name, int number) {
        return message(5, concat(text(1, name), new byte[] {3 << 3, (byte) number}));
    }

    private static byte[] value(String name, byte[] type, String... dims) {
        byte[] shape = new byte[0];
        for (String dim : dims) {
            shape = concat(shape, message(1, dim.matches("\\d+") ? number(Integer.parseInt(dim)) : text(2, dim)));
        }
        return message(13, concat(text(1, name), message(2, message(1, concat(type, message(2, shape))))));
    }

    private static byte[] number(int value) {
        return value < 0x80
                ? new byte[] {1 << 3, (byte) value}
                : new byte[] {1 << 3, (byte) (value & 0x7f | 0x80), (byte) (value >> 7)};
    }
}
