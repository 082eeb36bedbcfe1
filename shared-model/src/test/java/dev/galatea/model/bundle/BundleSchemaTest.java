package dev.galatea.model.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.model.bundle.BundleException.Code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** The published schema refuses the manifests that the loader refuses, and no others. */
class BundleSchemaTest {

    private static final Path ROOT = Path.of("..");
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of("classpath:bundle/bundle.schema.json"));

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "models/pebble/bundle.json",
                "services/denoising/src/test/resources/bundles/tiny/bundle.json",
                "services/decoding/src/test/resources/bundles/tiny/bundle.json",
                "benchmarks/stub-bundle/stub/bundle.json"
            })
    void shouldAcceptTheRepositorysManifests(String path) throws Exception {
        Path manifest = ROOT.resolve(path);
        assertThat(problems(Files.readString(manifest))).isEmpty();
        assertThat(new BundleLoader(temp).load(manifest.getParent()).manifest().name())
                .isNotBlank();
    }

    @Test
    void shouldAcceptWhatMayBeLeftOut() throws Exception {
        BundleFixture fixture = BundleFixture.in(temp.resolve("tiny"));
        fixture.manifest.set("otherSchedulers", json("""
            [{"name": "flow-match-euler-dynamic", "trainTimesteps": 1000},
             {"name": "dpm-solver++-2m-flow", "shift": 3, "trainTimesteps": 1000}]\
            """));
        fixture.manifest.withObject("/text").set("inputs", json("[\"input_ids\", \"attention_mask\"]"));
        fixture.manifest.withObject("/text").put("output", "last_hidden_state");

        assertThat(problems(fixture.manifest.toString())).isEmpty();
        assertThat(fixture.load().manifest().schedulers())
                .extracting(SchedulerConfig::name)
                .containsExactly("flow-match-euler", "flow-match-euler-dynamic", "dpm-solver++-2m-flow");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                arguments("/format", "\"galatea-bundle/3\""),
                arguments("/format", null),
                arguments("/name", "\"Tiny Model\""),
                arguments("/version", null),
                arguments("/fps", "0"),
                arguments("/fps", "8.5"),
                arguments("/fps", "\"8\""),
                arguments("/files/tokenizer", null),
                arguments("/files/textEncoder", null),
                arguments("/files/denoiser/path", "\"../denoiser.onnx\""),
                arguments("/files/denoiser/path", "\"/denoiser.onnx\""),
                arguments("/files/denoiser/path", "\"a//b\""),
                arguments("/files/denoiser/classpath", "\"denoiser.onnx\""),
                arguments("/files/denoiser/sha256", "\"0\""),
                arguments("/files/denoiser/bytes", "0"),
                arguments("/text/maxTokens", "0"),
                arguments("/text/maxTokens", "99999"),
                arguments("/text/dim", null),
                arguments("/text/inputs", "[\"input_ids\", \"pixels\"]"),
                arguments("/text/inputs", "[\"attention_mask\"]"),
                arguments("/text/inputs", "[\"input_ids\", \"input_ids\"]"),
                arguments("/text/output", "\" \""),
                arguments("/text/cleaning", "\"ftfy\""),
                arguments("/text/encoderPadding", "{\"to\": 0, \"id\": 0, \"masked\": false}"),
                arguments("/text/encoderPadding", "{\"to\": 512, \"id\": -1, \"masked\": false}"),
                arguments("/text/encoderPadding", "{\"to\": 512, \"masked\": false}"),
                arguments("/text/contextPadding", "{\"to\": 99999, \"masked\": false}"),
                arguments("/text/contextPadding", "{\"to\": 512}"),
                arguments("/latent/patch", "0"),
                arguments("/latent/std", "[0.0, 1.0]"),
                arguments("/latent/causalFirstFrame", null),
                arguments("/prediction", "\"score\""),
                arguments("/scheduler", null),
                arguments("/scheduler/name", "\"heun\""),
                arguments("/scheduler/name", null),
                arguments("/scheduler/shift", "0"),
                arguments("/scheduler/shift", null),
                arguments("/scheduler/trainTimesteps", "0"),
                arguments("/otherSchedulers", "[{\"name\": \"unipc-flow\", \"shift\": 0, \"trainTimesteps\": 1000}]"),
                arguments("/otherSchedulers", "[{\"name\": \"unipc-flow\", \"shift\": 3}]"),
                arguments("/scheduler/sigmas", "[]"),
                arguments("/scheduler/sigmas", "[1.1]"),
                arguments("/scheduler/sigmas", "[1, 0]"),
                arguments("/scheduler/lastSigma", "0"),
                arguments("/scheduler/lastSigma", "1"),
                arguments(
                        "/scheduler",
                        "{\"name\": \"flow-match-euler\", \"shift\": 1, \"trainTimesteps\": 1000, \"sigmas\": [1],"
                                + " \"lastSigma\": 0.5}"),
                arguments("/otherSchedulers", dynamic("\"baseTokens\": 0")),
                arguments("/otherSchedulers", dynamic("\"maxTokens\": 1, \"baseTokens\": 1")),
                arguments("/otherSchedulers", dynamic("\"baseShift\": \"0.5\"")),
                arguments("/otherSchedulers", dynamic("\"terminal\": 1")),
                arguments("/scheduler", ddim("\"betaSchedule\": \"cosine\"")),
                arguments("/scheduler", ddim("\"betaStart\": 0")),
                arguments("/scheduler", ddim("\"betaEnd\": 1")),
                arguments("/scheduler", ddim("\"snrShift\": 0")),
                arguments("/scheduler", ddim("\"trainTimesteps\": 1")),
                arguments("/scheduler", ddim("\"timestepSpacing\": \"even\"")),
                arguments("/otherSchedulers", "[{\"name\": \"heun\", \"trainTimesteps\": 1000}]"),
                arguments("/otherSchedulers", "[{\"name\": \"flow-match-euler-dynamic\"}]"),
                arguments("/guidanceInterval", "{\"lowest\": -0.1, \"highest\": 1}"),
                arguments("/guidanceInterval", "{\"lowest\": 0}"),
                arguments("/experts", "{\"boundary\": 0.9, \"lowNoiseGuidance\": 3}"), // without a second denoiser
                arguments(
                        "/files/denoiserLowNoise", // without experts
                        "{\"path\": \"denoiser.onnx\", \"bytes\": 1, \"sha256\": \"" + "0".repeat(64) + "\"}"),
                arguments("/guidanceRescale", "1.1"),
                arguments("/guidanceRescale", "\"0.7\""),
                arguments("/defaults/steps", "0"),
                arguments("/defaults/negativePrompt", null),
                arguments("/limits/maxGuidance", "0"),
                arguments("/limits/maxSteps", null),
                arguments("/decoding/tileLatentWidth", "0"),
                arguments("/decoding/overlapLatentFrames", "-1"),
                arguments("/decoding/chunkLatentFrames", "0"),
                arguments("/decoding/chunkLatentFrames", "1.5"),
                arguments("/conditioning", "\"replace\""),
                arguments("/decoding/noise", "0"),
                arguments("/decoding/noise", "1.5"),
                arguments("/preview", "{\"bias\": [0, 0, 0]}"),
                arguments("/preview", "{\"latentToRgb\": [[1, 0, 0], [0, 1, 0]], \"bias\": [0, 0]}"),
                arguments("/preview", "{\"latentToRgb\": [[1, 0, 0], [0, 1]], \"bias\": [0, 0, 0]}"),
                arguments("/referenceRequired", "true"), // without references
                arguments("/referenceRequired", "1"),
                arguments("/imageEmbeddings", "{\"tokens\": 17, \"dim\": 20}"), // without an encoder of pictures
                arguments("/references", "[\"sound\"]"),
                arguments("/references", "[\"video\"]")); // without an encoder
    }

    private static String dynamic(String fields) {
        return "[{\"name\": \"flow-match-euler-dynamic\", \"trainTimesteps\": 1000, " + fields + "}]";
    }

    /** DDIM as of CogVideoX, but for one field. */
    private static String ddim(String field) {
        ObjectNode node = BundleFixture.JSON.createObjectNode();
        node.put("name", "ddim")
                .put("trainTimesteps", 1000)
                .put("betaStart", 0.00085)
                .put("betaEnd", 0.012);
        node.put("betaSchedule", "scaled_linear").put("rescaleZeroSnr", true).put("timestepSpacing", "trailing");
        try {
            node.setAll((ObjectNode) json("{" + field + "}"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return node.toString();
    }

    @Test
    void shouldAcceptDdim_whenTheModelPredictsV() throws Exception {
        BundleFixture fixture = BundleFixture.in(temp.resolve("tiny")).withLatestFormat();
        fixture.manifest.put("prediction", "v");
        fixture.manifest.set("scheduler", json(ddim("\"snrShift\": 3")));

        assertThat(problems(fixture.manifest.toString())).isEmpty();
        assertThat(fixture.load().manifest().scheduler())
                .isEqualTo(new SchedulerConfig.Ddim(
                        1000, 0.00085, 0.012, BetaSchedule.SCALED_LINEAR, 3.0, true, TimestepSpacing.TRAILING));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void shouldBeRefusedBySchemaAndLoader(String pointer, @Nullable String value) throws Exception {
        BundleFixture fixture = BundleFixture.in(temp.resolve("tiny")).withLatestFormat();
        fixture.change(pointer, value);

        assertThat(problems(fixture.manifest.toString())).isNotEmpty();
        assertThatThrownBy(fixture::load).isInstanceOf(BundleException.class);
    }

    /** Fields that came with version 2, each with a value that is valid in it. */
    static Stream<Arguments> later() {
        return Stream.of(
                arguments("/guidanceRescale", "0.7", "guidanceRescale: needs format galatea-bundle/2"),
                arguments("/text/cleaning", "\"wan\"", "text.cleaning: needs format galatea-bundle/2"),
                arguments(
                        "/text/encoderPadding",
                        "{\"to\": 512, \"id\": 0, \"masked\": true}",
                        "text.encoderPadding: needs format galatea-bundle/2"),
                arguments(
                        "/text/contextPadding",
                        "{\"to\": 512, \"masked\": false}",
                        "text.contextPadding: needs format galatea-bundle/2"),
                arguments(
                        "/decoding/chunkLatentFrames",
                        "2",
                        "decoding.chunkLatentFrames: needs format galatea-bundle/2"),
                arguments(
                        "/scheduler",
                        "{\"name\": \"unipc-flow\", \"shift\": 3, \"trainTimesteps\": 1000}",
                        "scheduler.name: is unipc-flow, which needs format galatea-bundle/2"),
                arguments(
                        "/otherSchedulers",
                        "[{\"name\": \"unipc-flow\", \"shift\": 3, \"trainTimesteps\": 1000}]",
                        "otherSchedulers[0].name: is unipc-flow, which needs format galatea-bundle/2"),
                arguments(
                        "/otherSchedulers",
                        "[{\"name\": \"flow-match-renoise\", \"shift\": 5, \"trainTimesteps\": 1000, \"sigmas\": [1,"
                                + " 0.5]}]",
                        "otherSchedulers[0].name: is flow-match-renoise, which needs format galatea-bundle/2"),
                arguments(
                        "/otherSchedulers",
                        "[{\"name\": \"flow-match-euler-dynamic\", \"trainTimesteps\": 1000, \"terminal\": 0.1}]",
                        "otherSchedulers[0].terminal: needs format galatea-bundle/2"),
                arguments(
                        "/otherSchedulers",
                        "[{\"name\": \"flow-match-euler-dynamic\", \"trainTimesteps\": 1000, \"baseTokens\": 1024,"
                                + " \"maxTokens\": 4096, \"baseShift\": 0.95, \"maxShift\": 2.05}]",
                        "otherSchedulers[0].baseTokens: needs format galatea-bundle/2"),
                arguments("/scheduler/lastSigma", "0.003", "scheduler.lastSigma: needs format galatea-bundle/2"),
                arguments("/conditioning", "\"concatenate\"", "conditioning: needs format galatea-bundle/2"),
                arguments("/decoding/noise", "0.025", "decoding.noise: needs format galatea-bundle/2"),
                arguments("/referenceRequired", "false", "referenceRequired: needs format galatea-bundle/2"),
                arguments(
                        "/preview",
                        "{\"latentToRgb\": [[1, 0, 0], [0, 0.5, 0]], \"bias\": [0, 0, -0.1]}",
                        "preview: needs format galatea-bundle/2"));
    }

    @ParameterizedTest
    @MethodSource("later")
    void shouldBeRefusedByName_whenTheFormatIsEarlierThanTheField(String pointer, String value, String message)
            throws Exception {
        BundleFixture fixture = BundleFixture.in(temp.resolve("tiny")).withLatestFormat();
        int slash = pointer.lastIndexOf('/');
        ObjectNode parent = (ObjectNode) fixture.manifest.at(pointer.substring(0, slash));
        parent.set(pointer.substring(slash + 1), json(value));
        assertThat(problems(fixture.manifest.toString())).isEmpty();
        assertThat(fixture.load().manifest().format()).isEqualTo("galatea-bundle/2");

        fixture.manifest.put("format", "galatea-bundle/1");
        assertThat(problems(fixture.manifest.toString())).isNotEmpty();
        BundleLoaderTest.assertRefused(
                fixture::load, Code.INVALID_MANIFEST, message + ", but format is galatea-bundle/1");
    }

    @Test
    void shouldAcceptTwoExperts_whenThereAreTwoDenoisers() throws Exception {
        BundleFixture fixture = BundleFixture.in(temp.resolve("tiny")).withLatestFormat();
        fixture.withFile("denoiserLowNoise", "low.onnx", BundleFixture.model());
        fixture.manifest.set("experts", json("{\"boundary\": 0.875, \"lowNoiseGuidance\": 3}"));

        assertThat(problems(fixture.manifest.toString())).isEmpty();
        BundleManifest manifest = fixture.load().manifest();
        assertThat(manifest.experts()).isEqualTo(new Experts(0.875, 3));
        assertThat(manifest.expertBoundary()).isEqualTo(875);

        fixture.manifest.put("format", "galatea-bundle/1");
        assertThat(problems(fixture.manifest.toString())).isNotEmpty();
        BundleLoaderTest.assertRefused(
                fixture::load, Code.INVALID_MANIFEST, "experts: needs format galatea-bundle/2, but format is");
    }

    @Test
    void shouldAcceptAnInterpolator_sinceTheSecondFormat() throws Exception {
        BundleFixture fixture = BundleFixture.in(temp.resolve("tiny")).withLatestFormat();
        assertThat(fixture.load().manifest().interpolatedFps()).isEmpty();
        fixture.withFile("interpolator", "interpolator.onnx", BundleFixture.model());

        assertThat(problems(fixture.manifest.toString())).isEmpty();
        BundleManifest manifest = fixture.load().manifest();
        assertThat(manifest.interpolatedFps()).contains(new Grid(manifest.fps() + 1, 120, 0, 1));

        fixture.manifest.put("format", "galatea-bundle/1");
        BundleLoaderTest.assertRefused(
                fixture::load,
                Code.INVALID_MANIFEST,
                "format: is galatea-bundle/1; valid are galatea-bundle/2 with files.interpolator");
    }

    private static List<String> problems(String manifest) {
        return SCHEMA.validate(manifest, InputFormat.JSON).stream()
                .map(Error::toString)
                .collect(Collectors.toList());
    }

    private static JsonNode json(String text) throws IOException {
        return BundleFixture.JSON.readTree(text);
    }
}
