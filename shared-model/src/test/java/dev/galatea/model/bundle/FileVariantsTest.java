package dev.galatea.model.bundle;

import java.nio.file.Path;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.id.Sha256;

import static dev.galatea.model.bundle.BundleFixture.modelWithExternalData;
import static dev.galatea.model.bundle.BundleLoaderTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/** Further files of a model, for workers on other devices. */
class FileVariantsTest {

    @TempDir
    Path temp;

    private BundleFixture fixture;

    @BeforeEach
    void makeBundle() {
        fixture = BundleFixture.in(temp.resolve("tiny")).withLatestFormat();
    }

    @Test
    void shouldChooseTheFirstForTheProvider_orElseTheFileItself() throws Exception {
        variant("decoder", "decoder.fp16.onnx", BundleFixture.model(), "fp16", "cuda");
        variant("decoder", "decoder.int8.onnx", BundleFixture.model(), "int8", "cuda", "cpu");
        variant("denoiser", "denoiser.bf16.onnx", BundleFixture.model(), "bf16", "cuda");

        Bundle bundle = fixture.load();

        assertThat(fixture.isValid()).isTrue();
        assertThat(place(bundle, "decoder", ExecutionProvider.CUDA)).isEqualTo("decoder.fp16.onnx");
        assertThat(place(bundle, "decoder", ExecutionProvider.CPU)).isEqualTo("decoder.int8.onnx");
        assertThat(place(bundle, "decoder", null)).isEqualTo("decoder.onnx");
        assertThat(place(bundle, "denoiser", ExecutionProvider.CPU)).isEqualTo("denoiser.onnx");
        assertThat(bundle.choose("decoder", ExecutionProvider.CPU).label("previewDecoder"))
                .isEqualTo("previewDecoder (files.decoder.variants[1], decoder.int8.onnx)");
        assertThat(bundle.choose("decoder", null).label()).isEqualTo("decoder");
        assertRefused(() -> bundle.choose("encoder", ExecutionProvider.CPU), Code.MISSING_FILE, "files.encoder");
    }

    @Test
    void shouldVerifyAVariant_whenItIsAskedForOrAllAre() throws Exception {
        variant("decoder", "decoder.int8.onnx", BundleFixture.model(), "int8", "cpu");
        Bundle bundle = fixture.load();
        assertThat(bundle.file(bundle.choose("decoder", ExecutionProvider.CPU)))
                .isEqualTo(fixture.directory.resolve("decoder.int8.onnx"));

        byte[] altered = BundleFixture.model();
        altered[altered.length - 1]++;
        fixture.write("decoder.int8.onnx", altered);

        Bundle again = fixture.load();
        assertThat(again.file("decoder")).exists();
        String field = "files.decoder.variants[0].path: decoder.int8.onnx";
        assertRefused(() -> again.file(again.choose("decoder", ExecutionProvider.CPU)), Code.DIGEST_MISMATCH, field);
        assertRefused(again::verifyAll, Code.DIGEST_MISMATCH, field);
    }

    @Test
    void shouldFindTheExternalDataOfAVariant_andNotCountItForTheFileItself() throws Exception {
        variant("denoiser", "low/denoiser.int8.onnx", modelWithExternalData("denoiser.int8.onnx.data"), "int8", "cpu");
        fixture.withFile("denoiserEight", "low/denoiser.int8.onnx.data", new byte[100]);
        fixture.withFile("denoiserData", "denoiser.onnx.data", new byte[1000]);

        Bundle bundle = fixture.load();
        ChosenFile chosen = bundle.choose("denoiser", ExecutionProvider.CPU);

        assertThat(bundle.file(chosen)).exists();
        assertThat(bundle.externalData(chosen))
                .containsOnly(entry("denoiser.int8.onnx.data", bundle.manifest().file("denoiserEight")));
        assertThat(ModelMemory.of(bundle.manifest()).weightBytes())
                .containsEntry("denoiser", BundleFixture.model().length + 1000L)
                .doesNotContainKey("denoiserEight");

        fixture.manifest.withObject("/files").remove("denoiserEight");
        Bundle without = fixture.load();
        assertRefused(
                () -> without.file(without.choose("denoiser", ExecutionProvider.CPU)),
                Code.EXTERNAL_DATA,
                "files.denoiser.variants[0]: external data at 'denoiser.int8.onnx.data' is not in the manifest");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "providers | [\"tpu\"]            | .providers[0]: is tpu; valid are cpu, cuda",
                "providers | []                   | .providers: is []; valid are lists of different providers",
                "providers | [\"cpu\", \"cpu\"]   | .providers: is [cpu, cpu]; valid are lists of different",
                "providers |                      | .providers: is []; valid are lists of different providers",
                "precision | \"int7\"             | .precision: is int7; valid are fp32, fp16, bf16, fp8, int8, int4",
                "precision |                      | .precision: is missing",
                "path      | \"../decoder.onnx\"  | .path: '../decoder.onnx' must be relative",
                "path      |                      | : must have either path or classpath",
                "bytes     | 0                    | .bytes: is 0; valid are 1 and above",
                "sha256    |                      | .sha256: is missing"
            })
    void shouldRefuseWrongFields_byTheirNames(String name, @Nullable String value, String message) throws Exception {
        ObjectNode variant = variant("decoder", "decoder.int8.onnx", BundleFixture.model(), "int8", "cpu");
        if (value == null) {
            variant.remove(name);
        } else {
            variant.set(name, BundleFixture.JSON.readTree(value));
        }

        assertThat(fixture.isValid()).isFalse();
        BundleException refused = refused();
        assertThat(refused).hasMessageContaining("files.decoder.variants[0]" + message);
    }

    @Test
    void shouldRefuseVariants_ofWhatIsNoModel_orThatNobodyOpens_orInTheFirstFormat() throws Exception {
        variant("tokenizer", "text/other.json", new byte[] {'{', '}'}, "int8", "cpu");
        assertThat(refused()).hasMessageContaining("files.tokenizer.variants: is 1 files; valid are none");
        fixture.entry("tokenizer").remove("variants");

        variant("decoder", "decoder.int8.onnx", BundleFixture.model(), "int8", "cpu");
        variant("decoder", "decoder.fp16.onnx", BundleFixture.model(), "fp16", "cpu");
        assertThat(refused())
                .hasMessageContaining("files.decoder.variants[1].providers: is [cpu]; valid are lists with a provider"
                        + " that no variant before it has");
        fixture.entry("decoder").withArray("variants").remove(1);

        fixture.manifest.put("format", "galatea-bundle/1");
        assertThat(fixture.isValid()).isFalse();
        assertThat(refused())
                .hasMessageContaining(
                        "files.decoder.variants: needs format galatea-bundle/2, but format is" + " galatea-bundle/1");
    }

    private ObjectNode variant(String role, String path, byte[] content, String precision, String... providers) {
        fixture.write(path, content);
        ObjectNode variant = fixture.entry(role).withArray("variants").addObject();
        ArrayNode names = variant.putArray("providers");
        for (String provider : providers) {
            names.add(provider);
        }
        return variant.put("path", path)
                .put("sha256", Sha256.of(content).hex())
                .put("bytes", content.length)
                .put("precision", precision);
    }

    private static String place(Bundle bundle, String role, @Nullable ExecutionProvider provider) throws Exception {
        return bundle.choose(role, provider).entry().place();
    }

    private BundleException refused() {
        try {
            fixture.load();
        } catch (BundleException e) {
            return e;
        }
        throw new AssertionError("the manifest was accepted");
    }
}
