package dev.galatea.model.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class BundleLoaderTest {

    @TempDir
    Path temp;

    private BundleFixture fixture;

    @BeforeEach
    void makeBundle() {
        fixture = BundleFixture.in(temp.resolve("tiny"));
    }

    @Test
    void shouldGiveVerifiedFiles_whenBundleIsWhole() throws Exception {
        Bundle bundle = fixture.load();

        bundle.verifyAll();
        assertThat(bundle.manifest().name()).isEqualTo("tiny");
        assertThat(bundle.manifest().latent().shape(17, 64, 64)).containsExactly(2, 5, 8, 8);
        assertThat(bundle.file("denoiser")).isEqualTo(fixture.directory.resolve("denoiser.onnx"));
        assertThat(bundle.digest()).isEqualTo(Sha256.of(Files.readAllBytes(fixture.directory.resolve("bundle.json"))));
    }

    @Test
    void shouldIgnoreUnknownFields() throws Exception {
        fixture.manifest.put("training", "somebody's notes");

        assertThat(fixture.load().manifest().name()).isEqualTo("tiny");
    }

    @Test
    void shouldNameRoles_whenRoleIsUnknown() throws Exception {
        Bundle bundle = fixture.load();

        assertRefused(() -> bundle.file("encoder"), Code.MISSING_FILE, "files.encoder", "valid are [denoiser, decoder");
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                arguments(
                        "/format",
                        "\"galatea-bundle/3\"",
                        "format: is galatea-bundle/3; valid are galatea-bundle/1, galatea-bundle/2"),
                arguments("/name", "\"../x\"", "name: is ../x; valid are 1 to 64 of a-z"),
                arguments("/fps", "0", "fps: is 0; valid are 1 and above"),
                arguments("/text/maxTokens", "0", "text.maxTokens: is 0"),
                arguments("/text/dim", "-1", "text.dim: is -1"),
                arguments("/latent/channels", "0", "latent.channels: is 0"),
                arguments("/latent/spatialCompression", "0", "latent.spatialCompression: is 0; valid are 1 to 1024"),
                arguments("/latent/spatialCompression", "2147483647", "valid are 1 to 1024"),
                arguments("/latent/mean", "[0.0]", "latent.mean: is 1 numbers; valid are 2, one per channel"),
                arguments("/latent/std", "[0.0, 1.0]", "latent.std: is 0.0; valid are finite numbers above 0"),
                arguments("/latent/mean", "[0.0, null]", "latent.mean[1]: is null; valid are lists of values"),
                arguments("/scheduler/shift", "0", "scheduler.shift: is 0.0; valid are finite numbers above 0"),
                arguments("/scheduler/trainTimesteps", "0", "scheduler.trainTimesteps: is 0; valid are 1 and above"),
                arguments(
                        "/scheduler/name",
                        "\"heun\"",
                        "scheduler.name: is heun; valid are ddim, dpm-solver++-2m-flow, flow-match-euler,"
                                + " flow-match-euler-dynamic, flow-match-renoise, unipc-flow"),
                arguments(
                        "/otherSchedulers",
                        "[{\"name\": \"heun\"}]",
                        "otherSchedulers[0].name: is heun; valid are ddim, dpm-solver++-2m-flow"),
                arguments(
                        "/otherSchedulers",
                        "[{\"name\": \"flow-match-euler\", \"shift\": 1, \"trainTimesteps\": 1}]",
                        "otherSchedulers[0].name: is flow-match-euler; valid are names that are not taken yet"),
                arguments(
                        "/otherSchedulers",
                        "[{\"name\": \"dpm-solver++-2m-flow\", \"shift\": -1, \"trainTimesteps\": 1}]",
                        "otherSchedulers[0].shift: is -1.0; valid are finite numbers above 0"),
                arguments(
                        "/scheduler",
                        "{\"name\": \"unipc-flow\", \"shift\": 0, \"trainTimesteps\": 1000}",
                        "scheduler.shift: is 0.0; valid are finite numbers above 0"),
                arguments(
                        "/scheduler/sigmas",
                        "[0.9, 0.9]",
                        "scheduler.sigmas[1]: is 0.9; valid are numbers above 0 and below"),
                arguments(
                        "/scheduler/sigmas", "[2.0]", "scheduler.sigmas[0]: is 2.0; valid are numbers above 0 up to 1"),
                arguments("/scheduler/sigmas", "[1, 0.5]", "defaults.steps: is 20; valid are 2 (scheduler.sigmas)"),
                arguments(
                        "/otherSchedulers",
                        "[{\"name\": \"flow-match-renoise\", \"shift\": 1, \"trainTimesteps\": 1000, \"sigmas\": ["
                                + falling(101) + "]}]",
                        "otherSchedulers[0].sigmas: is 101 numbers; valid are up to 100 (limits.maxSteps)"),
                arguments(
                        "/otherSchedulers",
                        "[{\"name\": \"flow-match-euler-dynamic\", \"trainTimesteps\": 1000, \"maxTokens\": 200}]",
                        "otherSchedulers[0].maxTokens: is 200; valid are above 256 (baseTokens)"),
                arguments(
                        "/otherSchedulers",
                        "[{\"name\": \"ddim\", \"trainTimesteps\": 1000, \"betaStart\": 0.001, \"betaEnd\": 0.01,"
                                + " \"betaSchedule\": \"cosine\"}]",
                        "otherSchedulers[0].betaSchedule: is cosine; valid are linear, scaled_linear"),
                arguments("/prediction", "\"score\"", "prediction: is score; valid are flow, epsilon, v, sample"),
                arguments(
                        "/prediction",
                        "\"epsilon\"",
                        "prediction: is epsilon; valid are flow for scheduler.name flow-match-euler"),
                arguments(
                        "/text/inputs",
                        "[\"input_ids\", \"pixels\"]",
                        "text.inputs: is pixels; valid are input_ids, attention_mask, token_type_ids"),
                arguments("/text/inputs", "[]", "text.inputs: is []; valid are lists with input_ids"),
                arguments(
                        "/text/inputs",
                        "[\"input_ids\", \"input_ids\"]",
                        "text.inputs: is [input_ids, input_ids]; valid are lists of different inputs"),
                arguments("/text/output", "\"\"", "text.output: is ; valid are names of an output, or no field"),
                arguments("/text/cleaning", "\"ftfy\"", "text.cleaning: is ftfy; valid are none, wan"),
                arguments(
                        "/text/encoderPadding",
                        "{\"to\": 1, \"id\": 0, \"masked\": false}",
                        "text.encoderPadding.to: is 1; valid are 64 to 32768"),
                arguments(
                        "/text/encoderPadding",
                        "{\"to\": 512, \"id\": -1, \"masked\": false}",
                        "text.encoderPadding.id: is -1; valid are 0 and above"),
                arguments(
                        "/text/contextPadding",
                        "{\"to\": 1, \"masked\": false}",
                        "text.contextPadding.to: is 1; valid are 64 to 32768"),
                arguments("/text/maxTokens", "99999", "text.maxTokens: is 99999; valid are 1 to 32768"),
                arguments(
                        "/guidanceInterval",
                        "{\"lowest\": -0.1, \"highest\": 1}",
                        "guidanceInterval.lowest: is -0.1; valid are 0 to 1"),
                arguments(
                        "/guidanceInterval",
                        "{\"lowest\": 0.5, \"highest\": 0.4}",
                        "guidanceInterval.highest: is 0.4; valid are 0.5 to 1"),
                arguments(
                        "/experts",
                        "{\"boundary\": 1, \"lowNoiseGuidance\": 3}",
                        "experts.boundary: is 1.0; valid are numbers between 0 and 1"),
                arguments(
                        "/experts",
                        "{\"boundary\": 0.9, \"lowNoiseGuidance\": 21}",
                        "experts.lowNoiseGuidance: is 21.0; valid are 0 to 20.0"),
                arguments(
                        "/experts",
                        "{\"boundary\": 0.9, \"lowNoiseGuidance\": 3}",
                        "valid are none without files.denoiserLowNoise"),
                arguments(
                        "/files/upscalerX9",
                        "{\"path\": \"denoiser.onnx\", \"sha256\": \"" + "0".repeat(64) + "\", \"bytes\": 1}",
                        "files: is upscalerX9; valid are upscalers upscalerX2, upscalerX3"),
                arguments("/guidanceRescale", "-0.1", "guidanceRescale: is -0.1; valid are 0 to 1"),
                arguments("/limits/sizeMultiple", "8", "limits.sizeMultiple: is 8; valid are multiples of 16"),
                arguments("/limits/minWidth", "40", "limits.minWidth: is 40; valid are multiples of 16"),
                arguments("/limits/maxWidth", "16", "limits.maxWidth: is 16; valid are 32 to"),
                arguments("/limits/maxFrames", "32", "limits.maxFrames: is 32; valid are 1 + multiples of 4"),
                arguments("/limits/maxSteps", "0", "limits.maxSteps: is 0"),
                arguments("/limits/maxPromptChars", "0", "limits.maxPromptChars: is 0"),
                arguments("/defaults/width", "256", "defaults.width: is 256; valid are 32 to 128"),
                arguments("/defaults/height", "65", "defaults.height: is 65; valid are multiples of 16"),
                arguments("/defaults/frames", "16", "defaults.frames: is 16; valid are 1 + multiples of 4"),
                arguments("/defaults/steps", "101", "defaults.steps: is 101; valid are 1 to 100"),
                arguments("/defaults/guidance", "21", "defaults.guidance: is 21.0; valid are 0 to 20.0"),
                arguments("/decoding/tileLatentWidth", "0", "decoding.tileLatentWidth: is 0"),
                arguments("/decoding/overlapLatentFrames", "5", "decoding.overlapLatentFrames: is 5; valid are 0 to 4"),
                arguments(
                        "/decoding/chunkLatentFrames", "0", "decoding.chunkLatentFrames: is 0; valid are 1 and above"),
                arguments("/decoding/noise", "-0.1", "decoding.noise: is -0.1; valid are above 0 and up to 1"),
                arguments(
                        "/preview",
                        "{\"latentToRgb\": [[1, 0, 0]], \"bias\": [0, 0, 0]}",
                        "preview.latentToRgb: is 1 rows; valid are 2, one per channel"),
                arguments(
                        "/preview",
                        "{\"latentToRgb\": [[1, 0, 0], [0, 1]], \"bias\": [0, 0, 0]}",
                        "preview.latentToRgb[1]: is 2 numbers; valid are 3: red, green and blue"));
    }

    private static String falling(int length) {
        return IntStream.range(0, length)
                .mapToObj(i -> String.valueOf(1 - i / 200.0))
                .collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void shouldNameFieldAndValueAndWhatIsValid_whenValueCanNotBe(String pointer, String value, String message)
            throws IOException {
        fixture.withLatestFormat();
        set(pointer, BundleFixture.JSON.readTree(value));

        assertRefused(fixture::load, Code.INVALID_MANIFEST, "bundle.json", message);
    }

    @Test
    void shouldRefuseMaskedPadding_whenTheEncoderTakesNoMask() throws IOException {
        fixture.manifest.put("format", "galatea-bundle/2");
        set("/text/inputs", BundleFixture.JSON.readTree("[\"input_ids\"]"));
        set("/text/encoderPadding", BundleFixture.JSON.readTree("{\"to\": 512, \"id\": 0, \"masked\": true}"));

        assertRefused(
                fixture::load,
                Code.INVALID_MANIFEST,
                "text.encoderPadding.masked: is true; valid are false without attention_mask in text.inputs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/format",
                "/name",
                "/version",
                "/license",
                "/description",
                "/files",
                "/text",
                "/text/dim",
                "/latent",
                "/latent/channels",
                "/latent/causalFirstFrame",
                "/latent/mean",
                "/prediction",
                "/scheduler",
                "/scheduler/name",
                "/defaults",
                "/defaults/negativePrompt",
                "/defaults/guidance",
                "/fps",
                "/limits",
                "/limits/maxPromptChars",
                "/decoding",
                "/files/denoiser/sha256",
                "/files/denoiser/bytes"
            })
    void shouldNameField_whenItIsMissing(String pointer) {
        remove(pointer);

        assertRefused(fixture::load, Code.MALFORMED_MANIFEST, pointer.substring(pointer.lastIndexOf('/') + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"denoiser", "decoder", "textEncoder", "tokenizer"})
    void shouldRefuse_whenRequiredRoleIsMissing(String role) {
        remove("/files/" + role);

        assertRefused(fixture::load, Code.INVALID_MANIFEST, "files." + role + ": is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"8\"", "8.5", "true", "[8]", "99999999999"})
    void shouldRefuse_whenNumberIsNotOne(String value) throws IOException {
        set("/fps", BundleFixture.JSON.readTree(value));

        assertRefused(fixture::load, Code.MALFORMED_MANIFEST, "fps");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/otherSchedulers", "/references", "/latent/mean"})
    void shouldNameField_whenAListHoldsNull(String pointer) throws IOException {
        set(pointer, BundleFixture.JSON.readTree("[null]"));

        assertRefused(
                fixture::load,
                Code.INVALID_MANIFEST,
                pointer.substring(1).replace('/', '.'),
                "[0]: is null; valid are");
    }

    @Test
    void shouldNameField_whenAnEnumIsANumber() throws IOException {
        set("/prediction", BundleFixture.JSON.readTree("2"));

        assertRefused(fixture::load, Code.INVALID_MANIFEST, "prediction: is 2; valid are flow");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "{} {}", "\0", "42"})
    void shouldRefuse_whenManifestIsNotAnObject(String text) {
        Path file = fixture.write("bundle.json", text.getBytes(UTF_8));
        BundleLoader loader = new BundleLoader(temp.resolve("cache"));

        assertRefused(() -> loader.load(fixture.directory), Code.MALFORMED_MANIFEST, file.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"id\": \"a\", \"id\": \"a\"}', id",
        "'{\"files\": {\"decoder\": {\"path\": \"a\", \"path\": \"b\"}}}', files.decoder.path",
        "'{\"x\": [0, {\"y\": 1, \"y\": 1}]}', x[1].y"
    })
    void shouldNameField_whenItIsGivenTwice(String text, String field) {
        fixture.write("bundle.json", text.getBytes(UTF_8));
        BundleLoader loader = new BundleLoader(temp.resolve("cache"));

        assertRefused(
                () -> loader.load(fixture.directory),
                Code.MALFORMED_MANIFEST,
                "bundle.json: " + field + ": is given more than once; valid is once");
    }

    @Test
    void shouldRefuse_whenManifestIsAbsentOrTooLong() throws IOException {
        BundleLoader loader = new BundleLoader(temp.resolve("cache"));
        assertRefused(() -> loader.load(temp.resolve("nowhere")), Code.MALFORMED_MANIFEST, "is missing");

        Files.write(fixture.directory.resolve("bundle.json"), new byte[BundleLoader.MAX_MANIFEST_BYTES + 1]);
        assertRefused(() -> loader.load(fixture.directory), Code.MALFORMED_MANIFEST, "is longer than 1048576 bytes");
    }

    private void set(String pointer, JsonNode value) {
        parent(pointer).set(name(pointer), value);
    }

    private void remove(String pointer) {
        parent(pointer).remove(name(pointer));
    }

    private ObjectNode parent(String pointer) {
        return (ObjectNode) fixture.manifest.at(pointer.substring(0, pointer.lastIndexOf('/')));
    }

    private static String name(String pointer) {
        return pointer.substring(pointer.lastIndexOf('/') + 1);
    }

    static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Code code, String... messageParts) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BundleException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.getMessage()).contains(messageParts);
        });
    }
}
