package dev.galatea.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import dev.galatea.testsupport.BundleVariants;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code ./galatea models} on real bundles; ONNX Runtime opens their graphs. */
class ModelsCommandTest {

    private static final Path ROOT = Path.of(System.getProperty("repository.root"));
    private static final Path OPEN_MODELS = ROOT.resolve("libs/test-support/src/main/resources/open-models");
    private static final Path STUB = ROOT.resolve("benchmarks/stub-bundle/stub");

    @TempDir
    Path temp;

    private final String home = System.getProperty("user.home");
    private Path models;
    private String out = "";
    private String err = "";

    @BeforeEach
    void useAnEmptyHome() throws IOException {
        System.setProperty("user.home", temp.resolve("home").toString());
        models = Files.createDirectories(temp.resolve("models"));
    }

    @AfterEach
    void restoreHome() {
        System.setProperty("user.home", home);
    }

    @Test
    void shouldListTheBundlesOfTheRepository() throws Exception {
        models = ROOT.resolve("models");

        assertThat(run("list")).isEqualTo(ExitCodes.DONE);
        assertThat(out.lines().filter(line -> line.startsWith("pebble")).findFirst())
                .hasValueSatisfying(line -> assertThat(line)
                        .contains("Apache-2.0", "yes", "128-256 x 128-144", "48-192")
                        .endsWith("113.2 MiB"));

        assertThat(run("list", "--json")).isEqualTo(ExitCodes.DONE);
        JsonNode pebble = new ObjectMapper().readTree(out).get(0);
        assertThat(pebble.get("id").asText()).isEqualTo("pebble");
        assertThat(pebble.get("default").asBoolean()).isTrue();
        assertThat(pebble.at("/limits/width/step").asInt()).isEqualTo(16);
    }

    @Test
    void shouldShowAllOfABundle() throws Exception {
        models = ROOT.resolve("models");

        assertThat(run("show", "pebble")).isEqualTo(ExitCodes.DONE);
        assertThat(out)
                .contains("pebble 1.", "(default)")
                .contains(
                        "128-256 in steps of 16 x 128-144 in steps of 16, or both times 2, 4, 5; 512 x 512 by default")
                .contains("flow-match-euler", "up to 20.0; 5.0 by default, at noise levels 0.5 to 1.0")
                .contains("first_frame, last_frame, video, extension")
                .contains("class path: all-minilm-l6-v2.onnx");

        assertThat(run("show", "pebble", "--json")).isEqualTo(ExitCodes.DONE);
        JsonNode pebble = new ObjectMapper().readTree(out);
        long sum = 0;
        for (JsonNode bytes : pebble.get("weight_bytes")) {
            sum += bytes.asLong();
        }
        assertThat(pebble.get("weight_bytes").get("denoiser").asLong())
                .isEqualTo(Files.size(models.resolve("pebble/denoiser.onnx")));
        assertThat(pebble.get("total_weight_bytes").asLong()).isEqualTo(sum);
        assertThat(pebble.get("files")).hasSize(8);
    }

    @Test
    void shouldSayWhatIsThere_whenThereIsNoSuchBundle() {
        assertThat(run("show", "granite")).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(err).contains("NAME: 'granite' is not here; valid are []");
        assertThat(run("verify", "granite")).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(run("remove", "granite")).isEqualTo(ExitCodes.WRONG_USE);

        models = temp.resolve("none");
        assertThat(run("list")).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(err).contains("--bundles-path").contains("one directory per bundle");
    }

    @Test
    void shouldAddVerifyAndRemoveABundle() throws Exception {
        assertThat(run("add", STUB.toString())).as(err).isEqualTo(ExitCodes.DONE);
        assertThat(out.strip()).isEqualTo(models.resolve("stub").toString());
        assertThat(run("verify", "stub")).as(err).isEqualTo(ExitCodes.DONE);
        assertThat(out).contains("stub is sound");

        assertThat(run("add", STUB.toString())).isEqualTo(ExitCodes.FAILED);
        assertThat(err).contains("'stub' is already in").contains("--replace");
        assertThat(run("add", STUB.toString(), "--replace")).isEqualTo(ExitCodes.DONE);

        assertThat(run("remove", "stub")).isEqualTo(ExitCodes.DONE);
        assertThat(models.resolve("stub")).doesNotExist();
    }

    @Test
    void shouldTellOfASecondBundleOfOneName() throws Exception {
        Path first = Files.move(copyOfStub(), models.resolve("a"));
        Path second = Files.move(copyOfStub(), models.resolve("b"));

        assertThat(run("list")).isEqualTo(ExitCodes.DONE);

        assertThat(err).contains("left out " + second + ": name: is 'stub', as that of " + first);
    }

    @Test
    void shouldNameADirectoryThatIsInTheWay() throws Exception {
        Path mine = Files.createDirectories(models.resolve("stub"));

        assertThat(run("add", STUB.toString())).isEqualTo(ExitCodes.FAILED);

        assertThat(err).contains(mine + ": is there, and is not a bundle of this name");
    }

    @Test
    void shouldSayWhatIsWrongWithDirectories_inItsOwnWords() throws Exception {
        assertThat(run("add", models.resolve("none").toString())).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(err).contains("DIR: " + models.resolve("none") + " can't be read: it is not there");
    }

    @Test
    void shouldNameEveryProblem_andAddNothing() throws Exception {
        Path bad = copyOfStub();
        byte[] bytes = Files.readAllBytes(bad.resolve("denoiser.onnx"));
        bytes[bytes.length - 1] ^= 1;
        Files.write(bad.resolve("denoiser.onnx"), bytes);
        Files.delete(bad.resolve("decoder.onnx"));

        assertThat(run("add", bad.toString())).isEqualTo(ExitCodes.FAILED);

        assertThat(err)
                .contains("files.denoiser.path: denoiser.onnx has sha256")
                .contains("files.decoder.path: decoder.onnx is not a file")
                .contains("2 problems; nothing was added");
        assertThat(models).isEmptyDirectory();
    }

    @Test
    void shouldRefuseAGraphOfAnotherInterface() throws Exception {
        Path bad = copyOfStub();
        swapDenoiserAndDecoder(bad);

        assertThat(run("add", bad.toString())).isEqualTo(ExitCodes.FAILED);

        assertThat(err)
                .contains("denoiser: input 'context' is missing")
                .contains("decoder: output 'frames' is missing")
                .contains("nothing was added");
        assertThat(models).isEmptyDirectory();
    }

    @Test
    void shouldRefuseAGraphThatDisagreesWithTheManifest() throws Exception {
        Path bad = copyOfStub();
        edit(bad, "\"dim\": 384", "\"dim\": 385");

        assertThat(run("add", bad.toString())).isEqualTo(ExitCodes.FAILED);

        assertThat(err).contains("denoiser: dimension 2 of 'context' is 384; valid is 385, the manifest's text.dim");
    }

    @Test
    void shouldCheckAndShowVariants() throws Exception {
        Path directory = copyOfStub();
        byte[] decoder = Files.readAllBytes(directory.resolve("decoder.onnx"));
        BundleVariants.add(directory, "decoder", "decoder.int8.onnx", decoder, "int8", "cpu", "cuda");
        assertThat(run("add", directory.toString())).as(err).isEqualTo(ExitCodes.DONE);
        assertThat(run("show", "stub")).isEqualTo(ExitCodes.DONE);
        assertThat(out).contains("decoder.int8.onnx (variant for cpu, cuda: int8)");
        assertThat(run("show", "stub", "--json")).isEqualTo(ExitCodes.DONE);
        JsonNode files = new ObjectMapper().readTree(out).get("files");
        assertThat(files)
                .filteredOn(file -> file.has("precision"))
                .singleElement()
                .satisfies(file -> {
                    assertThat(file.get("providers"))
                            .extracting(JsonNode::asText)
                            .containsExactly("cpu", "cuda");
                    assertThat(file.get("role").asText()).isEqualTo("decoder");
                });

        byte[] denoiser = Files.readAllBytes(directory.resolve("denoiser.onnx"));
        BundleVariants.add(directory, "denoiser", "denoiser.fp16.onnx", decoder, "fp16", "cuda");
        BundleVariants.add(directory, "denoiser", "denoiser.int8.onnx", denoiser, "int8", "cpu");
        Files.write(directory.resolve("denoiser.int8.onnx"), decoder);
        assertThat(run("add", directory.toString(), "--replace")).isEqualTo(ExitCodes.FAILED);
        assertThat(err)
                .contains("denoiser (files.denoiser.variants[0], denoiser.fp16.onnx): input 'context' is missing")
                .contains("files.denoiser.variants[1].path: denoiser.int8.onnx has")
                .contains("2 problems");
    }

    @Test
    void shouldRefuseATextEncoderOfAnotherWidth() throws Exception {
        Path directory = copyOf(OPEN_MODELS.resolve("wan21-tiny"));
        Path other = OPEN_MODELS.resolve("ltx-tiny");
        Files.copy(
                other.resolve("text-encoder.onnx"),
                directory.resolve("text-encoder.onnx"),
                StandardCopyOption.REPLACE_EXISTING);
        edit(directory, textEncoder(directory), textEncoder(other));

        assertThat(run("add", directory.toString())).isEqualTo(ExitCodes.FAILED);

        assertThat(err)
                .contains("textEncoder: dimension 2 of 'embeddings' is 24; valid is 32, the manifest's text.dim");
    }

    /** The manifest's entry of the text encoder. */
    private static String textEncoder(Path bundle) throws IOException {
        String manifest = Files.readString(bundle.resolve("bundle.json"));
        int start = manifest.indexOf("\"textEncoder\"");
        return manifest.substring(start, manifest.indexOf('}', start));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wan21-tiny", "wan22-tiny", "wan22-a14b-tiny", "wan22-i2v-tiny", "wan21-i2v-tiny"})
    void shouldFindBundlesOfOpenModelsSound(String name) {
        assertThat(run("add", OPEN_MODELS.resolve(name).toString())).as(err).isEqualTo(ExitCodes.DONE);
        assertThat(run("show", name)).isEqualTo(ExitCodes.DONE);
        assertThat(out).contains(name, "unipc-flow", "textEncoder");
    }

    @Test
    void shouldShowAndCompareWhatADenoiserLooksAt() throws Exception {
        Path directory = copyOf(OPEN_MODELS.resolve("wan21-i2v-tiny"));
        assertThat(run("add", directory.toString())).as(err).isEqualTo(ExitCodes.DONE);
        assertThat(run("show", "wan21-i2v-tiny")).isEqualTo(ExitCodes.DONE);
        assertThat(out).contains("first_frame; one is required", "imageEncoder", "image-encoder.onnx");

        edit(directory, "\"tokens\": 17,\n    \"dim\": 20", "\"tokens\": 18,\n    \"dim\": 21");
        assertThat(run("add", directory.toString(), "--replace")).isEqualTo(ExitCodes.FAILED);
        assertThat(err)
                .contains("imageEncoder: dimension 1 of 'embeddings' is 17; valid is 18, the manifest's "
                        + "imageEmbeddings.tokens")
                .contains("imageEncoder: dimension 2 of 'embeddings' is 20; valid is 21")
                .contains("denoiser: dimension 2 of 'image_embeddings' is 20; valid is 21");

        edit(directory, "\"imageEmbeddings\"", "\"embeddings\"");
        edit(directory, "\"imageEncoder\"", "\"seeing\"");
        assertThat(run("add", directory.toString(), "--replace")).isEqualTo(ExitCodes.FAILED);
        assertThat(err).contains("denoiser: input 'image_embeddings' is not known");
    }

    @Test
    void shouldKeepTheDefaultBundle() throws Exception {
        Path pebble = Files.createDirectories(models.resolve("pebble"));
        Files.copy(ROOT.resolve("models/pebble/bundle.json"), pebble.resolve("bundle.json"));

        assertThat(run("remove", "pebble")).isEqualTo(ExitCodes.WRONG_USE);

        assertThat(err).contains("'pebble' is the default bundle and stays");
        assertThat(pebble.resolve("bundle.json")).exists();
    }

    @Test
    void shouldTellOfABundleThatIsLeftOut() throws Exception {
        Path broken = Files.createDirectories(models.resolve("broken"));
        Files.writeString(broken.resolve("bundle.json"), "{}");

        assertThat(run("list")).isEqualTo(ExitCodes.DONE);
        assertThat(err).contains("left out " + broken);
        assertThat(run("verify", "broken")).isEqualTo(ExitCodes.FAILED);
        assertThat(err).contains("1 problem");
        assertThat(run("remove", "broken")).isEqualTo(ExitCodes.DONE);
        assertThat(broken).doesNotExist();
    }

    private Path copyOfStub() throws IOException {
        return copyOf(STUB);
    }

    private Path copyOf(Path bundle) throws IOException {
        Path copy = Files.createDirectories(temp.resolve("copy"));
        try (Stream<Path> files = Files.list(bundle)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private static void swapDenoiserAndDecoder(Path bundle) throws IOException {
        edit(bundle, "\"path\": \"denoiser.onnx\"", "\"path\": \"x.onnx\"");
        edit(bundle, "\"path\": \"decoder.onnx\"", "\"path\": \"denoiser.onnx\"");
        edit(bundle, "\"path\": \"x.onnx\"", "\"path\": \"decoder.onnx\"");
        String manifest = Files.readString(bundle.resolve("bundle.json"));
        JsonNode files = new ObjectMapper().readTree(manifest).get("files");
        String denoiser = files.at("/denoiser/sha256").asText();
        String decoder = files.at("/decoder/sha256").asText();
        Files.writeString(
                bundle.resolve("bundle.json"),
                manifest.replace(denoiser, "?")
                        .replace(decoder, denoiser)
                        .replace("?", decoder)
                        .replace("\"bytes\": " + files.at("/denoiser/bytes"), "\"bytes\": ?")
                        .replace(
                                "\"bytes\": " + files.at("/decoder/bytes"), "\"bytes\": " + files.at("/denoiser/bytes"))
                        .replace("\"bytes\": ?", "\"bytes\": " + files.at("/decoder/bytes")));
    }

    /** Replaces a part of the manifest, which must be there. */
    private static void edit(Path bundle, String part, String by) throws IOException {
        Path manifest = bundle.resolve("bundle.json");
        String before = Files.readString(manifest);
        assertThat(before).contains(part);
        Files.writeString(manifest, before.replace(part, by));
    }

    private int run(String... args) {
        StringWriter written = new StringWriter();
        StringWriter complained = new StringWriter();
        List<String> line = new ArrayList<>(List.of("models", "--bundles-path", models.toString()));
        line.addAll(List.of(args));
        int exitCode = new CommandLine(new GalateaCommand())
                .setOut(new PrintWriter(written))
                .setErr(new PrintWriter(complained))
                .execute(line.toArray(String[]::new));
        out = written.toString();
        err = complained.toString();
        return exitCode;
    }
}
