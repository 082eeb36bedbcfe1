package dev.galatea.standalone.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import dev.galatea.embedded.Ports;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;

/** What can't succeed is answered on one line, before anything is started. */
class EarlyChecksTest {

    private static final Path MODELS = Path.of(System.getProperty("repository.root"), "models");
    private static final String BUNDLES_PATH = "galatea.bundles.path";

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path picture;

    @BeforeEach
    void prepare() throws Exception {
        System.setProperty(BUNDLES_PATH, MODELS.toString());
        picture = directory.resolve("ring.png");
        try (InputStream in = EarlyChecksTest.class.getResourceAsStream("/ring.png")) {
            Files.copy(in, picture);
        }
    }

    @AfterEach
    void restore() {
        System.clearProperty(BUNDLES_PATH);
    }

    @ParameterizedTest
    @CsvSource({
        "--size 100x100,     '--size: 100x100'",
        "--frames 7,         '--frames: 7'",
        "--seconds 3600,     '--seconds: 3600'",
        "--steps 100000,     '--steps: 100000'",
        "--guidance -1,      '--guidance: -1'",
        "--model no-such,    '--model: ''no-such'' is not served; valid are pebble, pebble-turbo'",
        "--scheduler magic,  '--scheduler: ''magic'''",
        "--fit pad,          '--fit: is for files, and would be without effect'",
        "--background #000000, '--background: is for files, and would be without effect'",
    })
    void shouldRefuseWhatAdmissionRefuses(String options, String expected) {
        List<String> arguments = new ArrayList<>(List.of("generate", "a red ball"));
        arguments.addAll(List.of(options.strip().split(" +")));
        assertRefused(expected, arguments);
    }

    @Test
    void shouldPrintTheRefusalAsJson() throws Exception {
        assertRefused("--size: 100x100", List.of("generate", "a red ball", "--size", "100x100", "--json"));
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.path("status").asText()).isEqualTo("refused");
        assertThat(result.at("/error/code").asText()).isEqualTo("invalid_size");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--image", "--last-image", "--video"})
    void shouldLookAtTheFirstBytesOfMedia(String option) throws Exception {
        Path text = Files.writeString(directory.resolve("a.png"), "not a picture");
        assertRefused(
                option + ": " + text + " is not a supported", List.of("generate", "a ring", option, text.toString()));
        assertRefused(option + ": no-such.png is not there", List.of("generate", "a ring", option, "no-such.png"));
        assertRefused(
                option + ": " + directory + " is a directory; valid is a file that can be read",
                List.of("generate", "a ring", option, directory.toString()));
        assertRefused(option + ": /dev/null is a pipe or device", List.of("generate", "a ring", option, "/dev/null"));
    }

    /** What a download that failed leaves in place of a picture. */
    @ParameterizedTest
    @CsvSource({"'', empty", "<!DOCTYPE html>, 'HTML, SVG or XML'", "GIF89a, GIF"})
    void shouldNameWhatIsInsteadOfMedia(String content, String name) throws Exception {
        Path file = Files.writeString(directory.resolve("a.png"), content);

        assertRefused(
                "is not a supported picture by its first bytes (it is " + name + ")",
                List.of("generate", "a ring", "--image", file.toString()));
        assertRefused(
                "is not a supported picture or video by its first bytes (it is " + name + ")",
                List.of("encode", file.toString()));
    }

    @Test
    void shouldRefuseAPictureAsVideo() {
        assertRefused("--video: ", List.of("generate", "a ring", "--video", picture.toString()));
    }

    @Test
    void shouldRefuseAResult_thatReplacesItsPicture() {
        assertRefused(
                "is --image itself",
                List.of("generate", "a ring", "--image", picture.toString(), "--out", picture.toString()));
        assertRefused("is FILE itself", List.of("encode", picture.toString(), "--out", picture.toString()));
    }

    @Test
    void shouldRefuseMixedResults() {
        assertRefused("--json: goes to standard output", List.of("generate", "a ring", "--json", "--out", "-"));
    }

    @ParameterizedTest
    @CsvSource({
        "--frames 7,      '--frames: 7 is not valid'",
        "--size 100x7,    '--size: 100x7 is not valid'",
        "--model no-such, '--model: ''no-such'' is not here; valid are [pebble, pebble-turbo]'",
    })
    void shouldCheckWhatEncodingNeeds(String options, String expected) {
        List<String> arguments = new ArrayList<>(List.of("encode", picture.toString()));
        arguments.addAll(List.of(options.strip().split(" +")));
        assertRefused(expected, arguments);
    }

    @Test
    void shouldRefuseToEncode_whatIsNoMedia() throws Exception {
        Path text = Files.writeString(directory.resolve("a.txt"), "text");
        assertRefused("FILE: " + text + " is not a supported picture or video", List.of("encode", text.toString()));
    }

    @Test
    void shouldRefuseLatents_thatNoDecoderCanRead() throws Exception {
        Bundle pebble = new BundleLoader(directory).load(MODELS.resolve("pebble"));
        int channels = pebble.manifest().latent().channels();
        long[] shape = {channels, 1, 2, 2};
        float[] values = new float[channels * 4];

        assertLatentsRefused("which is not here", new LatentsFile(Tensor.f32(shape, values), Sha256.of(new byte[1])));
        assertLatentsRefused(
                "valid for bundle 'pebble' is [" + channels + ", T, H, W]",
                new LatentsFile(
                        Tensor.f32(new long[] {channels + 1, 1, 2, 2}, Arrays.copyOf(values, values.length + 4)),
                        pebble.digest()));
        assertLatentsRefused(
                "valid for bundle 'pebble'",
                new LatentsFile(Tensor.f32(new long[] {4L * channels}, values), pebble.digest()));
        for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            values[5] = broken;
            assertLatentsRefused(
                    "holds " + broken + " at element 5; valid are finite numbers",
                    new LatentsFile(Tensor.f32(shape, values), pebble.digest()));
        }
        assertRefused("LATENTS: " + picture, List.of("decode", picture.toString()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, -1})
    void shouldRefuseAScale_thatTheBundleHasNoUpscalerFor(int scale) throws Exception {
        Bundle pebble = new BundleLoader(directory).load(MODELS.resolve("pebble"));
        int channels = pebble.manifest().latent().channels();
        Path file = directory.resolve("small.safetensors");
        new LatentsFile(Tensor.f32(new long[] {channels, 1, 2, 2}, new float[channels * 4]), pebble.digest())
                .write(file);

        assertRefused(
                "--scale: " + scale + " is not valid for model 'pebble'; valid are 1, 2, 4, 5",
                List.of("decode", file.toString(), "--scale", String.valueOf(scale)));
    }

    @Test
    void shouldSayWhyABundleIsLeftOut() throws Exception {
        Path bundle = Files.createDirectories(directory.resolve("models").resolve("pebble"));
        Files.writeString(bundle.resolve("bundle.json"), "{\"format\": \"galatea-bundle/9\"}");
        System.setProperty(BUNDLES_PATH, bundle.getParent().toString());
        assertRefused("valid are []; left out: " + bundle + "/bundle.json: ", List.of("generate", "a red ball"));
    }

    @Test
    void shouldNameTheDirectoryOfBundles_whenItIsNotThere() {
        System.setProperty(BUNDLES_PATH, directory.resolve("none").toString());
        String expected = "galatea.bundles.path: " + directory.resolve("none") + " can't be read";
        assertRefused(expected, List.of("generate", "a ring"));
        assertRefused(expected, List.of("encode", picture.toString()));
        assertRefused(expected, serve("", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port", "--kafka-port", "--store-port"})
    void shouldRefusePorts_thatNobodyCanHave(String option) throws Exception {
        assertRefused(option + ": 99999 is not a port; valid are 1 to 65535", serve(option, "99999"));
        assertRefused(option + ": -1 is not a port", serve(option, "-1"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    option + ": " + taken.getLocalPort() + " can't be used: Address already in use",
                    serve(option, Integer.toString(taken.getLocalPort())));
        }
    }

    @Test
    void shouldRefuseOnePortForTwo() {
        String one = Integer.toString(Ports.free(1)[0]);
        List<String> arguments = new ArrayList<>(serve("--kafka-port", one));
        arguments.set(arguments.indexOf("--store-port") + 1, one);
        assertRefused("--store-port: " + one + " is given twice", arguments);
    }

    /** All ports are free but the one that is given. */
    private static List<String> serve(String option, String port) {
        int[] free = Ports.free(4);
        List<String> options = List.of("--port", "--kafka-port", "--store-port", "--management-port");
        List<String> arguments = new ArrayList<>(List.of("serve"));
        for (int i = 0; i < free.length; i++) {
            arguments.add(options.get(i));
            arguments.add(options.get(i).equals(option) ? port : Integer.toString(free[i]));
        }
        return arguments;
    }

    private void assertLatentsRefused(String expected, LatentsFile latents) throws Exception {
        Path file = directory.resolve("x.safetensors");
        Files.deleteIfExists(file);
        latents.write(file);
        assertRefused(expected, List.of("decode", file.toString()));
    }

    private void assertRefused(String expected, List<String> arguments) {
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--data-dir", directory.resolve("data").toString()));
        CommandLine command = GalateaCommand.commandLine();
        command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

        int exitCode = command.execute(all.toArray(String[]::new));

        assertThat(err.toString()).contains(expected).startsWith("galatea: ").hasLineCount(1);
        assertThat(exitCode).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(directory.resolve("data/broker")).doesNotExist();
    }
}
