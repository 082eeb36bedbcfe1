package dev.galatea.model.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.OnnxExternalData.MalformedModelException;

import static dev.galatea.model.bundle.BundleFixture.concat;
import static dev.galatea.model.bundle.BundleFixture.externalTensor;
import static dev.galatea.model.bundle.BundleFixture.message;
import static dev.galatea.model.bundle.BundleFixture.modelWithExternalData;
import static dev.galatea.model.bundle.BundleLoaderTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** An ONNX file may keep data elsewhere only where the manifest vouches for it. */
class ExternalDataTest {

    @TempDir
    Path temp;

    private BundleFixture fixture;

    @BeforeEach
    void makeBundle() {
        fixture = BundleFixture.in(temp.resolve("tiny"));
    }

    @Test
    void shouldAccept_whenManifestListsIt() throws Exception {
        fixture.withFile("denoiser", "unet/denoiser.onnx", modelWithExternalData("denoiser.data"));
        fixture.withFile("denoiserWeights", "unet/denoiser.data", new byte[] {1, 2, 3});

        assertThat(fixture.load().file("denoiser")).exists();
    }

    @Test
    void shouldNameTheFilesOfExternalData_byTheirLocation() throws Exception {
        fixture.withFile("denoiser", "unet/denoiser.onnx", modelWithExternalData("denoiser.data"));
        fixture.withFile("denoiserWeights", "unet/denoiser.data", new byte[] {1, 2, 3});
        Bundle bundle = fixture.load();

        assertThat(bundle.externalData("denoiser"))
                .containsOnly(entry("denoiser.data", bundle.manifest().file("denoiserWeights")));
        assertThat(bundle.externalData("decoder")).isEmpty();
        assertThat(bundle.externalData("tokenizer")).isEmpty();
        assertRefused(() -> bundle.externalData("encoder"), Code.MISSING_FILE, "files.encoder");
    }

    @Test
    void shouldRefuse_whenListedDataIsAltered() throws Exception {
        fixture.withFile("denoiser", "denoiser.onnx", modelWithExternalData("denoiser.data"));
        fixture.withFile("denoiserWeights", "denoiser.data", new byte[] {1, 2, 3});
        fixture.write("denoiser.data", new byte[] {1, 2, 4});
        Bundle bundle = fixture.load();

        assertRefused(() -> bundle.file("denoiser"), Code.DIGEST_MISMATCH, "files.denoiserWeights.path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unlisted.data",
                "../outside.data",
                "/etc/passwd",
                "text/../denoiser.data",
                "./denoiser.data",
                "",
                "*/_ORT_MEM_ADDR_/*",
                "a\\denoiser.data"
            })
    void shouldRefuse_whenManifestDoesNotListIt(String location) throws Exception {
        Files.write(temp.resolve("outside.data"), new byte[1]);
        fixture.write("unlisted.data", new byte[1]);
        fixture.withFile("denoiser", "denoiser.onnx", modelWithExternalData(location));
        fixture.withFile("denoiserWeights", "denoiser.data", new byte[] {1, 2, 3});
        Bundle bundle = fixture.load();

        assertRefused(
                () -> bundle.file("denoiser"),
                Code.EXTERNAL_DATA,
                "files.denoiser: external data at '" + location + "' is not in the manifest");
    }

    @Test
    void shouldRefuse_whenListedDataIsALink() throws Exception {
        fixture.withFile("denoiser", "denoiser.onnx", modelWithExternalData("denoiser.data"));
        fixture.withFile("denoiserWeights", "real.data", new byte[] {1, 2, 3});
        fixture.entry("denoiserWeights").put("path", "denoiser.data");
        Files.createSymbolicLink(fixture.directory.resolve("denoiser.data"), fixture.directory.resolve("real.data"));
        Bundle bundle = fixture.load();

        assertRefused(() -> bundle.file("denoiser"), Code.EXTERNAL_DATA, "is a link; valid are regular files");
    }

    static Stream<Arguments> places() {
        byte[] tensor = externalTensor("x.data");
        byte[] inAttribute = message(5, tensor);
        byte[] node = message(1, message(5, inAttribute));
        byte[] sparse = message(15, message(1, tensor));
        byte[] subgraph = message(1, message(5, message(6, message(5, tensor))));
        byte[] listOfTensors = message(1, message(5, message(10, tensor)));
        byte[] sparseAttribute = message(1, message(5, message(22, message(2, tensor))));
        byte[] graph = message(7, message(5, tensor));
        return Stream.of(
                arguments("initializer", graph),
                arguments(
                        "initializer after other fields", concat(new byte[] {8, 9}, message(2, new byte[300]), graph)),
                arguments("sparse initializer", message(7, sparse)),
                arguments("attribute", message(7, node)),
                arguments("attribute with several tensors", message(7, listOfTensors)),
                arguments("sparse attribute", message(7, sparseAttribute)),
                arguments("graph in an attribute", message(7, subgraph)),
                arguments("function", message(25, message(7, message(5, inAttribute)))),
                arguments("function's attribute", message(25, message(11, inAttribute))),
                arguments("training", message(20, message(1, message(5, tensor)))),
                arguments("second graph", concat(message(7, new byte[0]), graph)),
                arguments("overlong tag", concat(new byte[] {(byte) 0xba, (byte) 0x80, 0}, tail(graph))));
    }

    /** Without the one-byte tag. */
    private static byte[] tail(byte[] field) {
        return Arrays.copyOfRange(field, 1, field.length);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("places")
    void shouldFindIt_whereverATensorCanBe(String place, byte[] model) throws Exception {
        assertThat(OnnxExternalData.locations(Files.write(temp.resolve("model.onnx"), model)))
                .as(place)
                .containsExactly("x.data");
    }

    @Test
    void shouldFindNothing_whenTensorsHoldTheirData() throws Exception {
        Path model = Files.write(temp.resolve("model.onnx"), BundleFixture.model());

        assertThat(OnnxExternalData.locations(model)).isEmpty();
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                arguments("group", new byte[] {7 << 3 | 3}, "wire type 3 is not valid"),
                arguments("field 0", new byte[] {2, 0}, "field number 0 is not valid"),
                arguments("cut", new byte[] {7 << 3 | 2, 5, 1}, "a field has 5 bytes, its message ends at 3"),
                arguments("cut varint", new byte[] {8, (byte) 0x80}, "the file ends within a field"),
                arguments("cut fixed", new byte[] {7 << 3 | 1, 0}, "a field ends at byte 9, its message at 2"),
                arguments(
                        "negative length",
                        new byte[] {58, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
                        "a field has 184467"),
                arguments(
                        "endless varint",
                        new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
                        "more than 10 bytes"),
                arguments("long text", message(7, message(5, message(13, message(2, new byte[5000])))), "up to 4096"),
                arguments("not a model", "<html>".getBytes(java.nio.charset.StandardCharsets.UTF_8), "at byte 1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void shouldSayWhere_whenModelIsMalformed(String what, byte[] model, String message) throws Exception {
        fixture.withFile("denoiser", "denoiser.onnx", model);
        Bundle bundle = fixture.load();

        assertRefused(() -> bundle.file("denoiser"), Code.MALFORMED_MODEL, "files.denoiser", message);
    }

    @Test
    void shouldRefuse_whenGraphsAreNestedWithoutEnd() throws Exception {
        byte[] graph = message(5, externalTensor("x.data"));
        for (int i = 0; i < 40; i++) {
            graph = message(1, message(5, message(6, graph)));
        }
        Path model = Files.write(temp.resolve("deep.onnx"), message(7, graph));

        assertThatThrownBy(() -> OnnxExternalData.locations(model))
                .isInstanceOf(MalformedModelException.class)
                .hasMessageContaining("nested deeper than 100");
    }

    @Test
    void shouldThrowNothingElse_whenBytesAreMutated() throws Exception {
        byte[] whole = concat(new byte[] {8, 9}, modelWithExternalData("x.data"), BundleFixture.model());
        Random random = new Random(5);
        Path file = temp.resolve("mutated.onnx");
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = Arrays.copyOf(whole, whole.length - random.nextInt(4));
            for (int i = 0; i <= random.nextInt(3); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, bytes);
            try {
                OnnxExternalData.locations(file);
            } catch (MalformedModelException e) {
                assertThat(e).hasMessageStartingWith("at byte ");
            }
        }
    }
}
