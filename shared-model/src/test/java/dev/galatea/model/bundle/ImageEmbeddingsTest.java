package dev.galatea.model.bundle;

import java.nio.file.Path;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Manifests of models that look at the picture that a clip begins with. */
class ImageEmbeddingsTest {

    @TempDir
    Path temp;

    private BundleFixture fixture;

    @BeforeEach
    void makeFixture() throws Exception {
        fixture = BundleFixture.in(temp.resolve("tiny")).withLatestFormat();
        fixture.withFile("encoder", "encoder.onnx", BundleFixture.model());
        fixture.withFile("imageEncoder", "image-encoder.onnx", BundleFixture.model());
        fixture.manifest.putArray("references").add("first_frame");
        fixture.manifest.put("referenceRequired", true);
        fixture.manifest.putObject("imageEmbeddings").put("tokens", 257).put("dim", 1280);
    }

    @Test
    void shouldBeRead() throws Exception {
        assertThat(fixture.isValid()).isTrue();
        BundleManifest manifest = fixture.load().manifest();
        assertThat(manifest.imageEmbeddings()).isEqualTo(new ImageEmbeddings(257, 1280));
        assertThat(manifest.referenceRequired()).isTrue();
        assertThat(ModelMemory.of(manifest).weightBytes()).containsKey("imageEncoder");
        assertThat(fixture.load().file("imageEncoder")).isRegularFile();
    }

    @Test
    void shouldBeRefusedByName_inTheEarlierFormat() throws Exception {
        fixture.manifest.remove("referenceRequired");
        fixture.manifest.put("format", "galatea-bundle/1");
        fixture.assertRefused("imageEmbeddings: needs format galatea-bundle/2, but format is galatea-bundle/1");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                arguments("/files/imageEncoder", null, "none without files.imageEncoder"),
                arguments("/imageEmbeddings", null, "files: is imageEncoder; valid are none of this role without"),
                arguments("/imageEmbeddings/tokens", "0", "imageEmbeddings.tokens: is 0; valid are 1 and above"),
                arguments("/imageEmbeddings/dim", "0", "imageEmbeddings.dim: is 0; valid are 1 and above"),
                arguments("/referenceRequired", "false", "referenceRequired: is false; valid are true with"),
                arguments("/referenceRequired", null, "referenceRequired: is false; valid are true with"),
                arguments(
                        "/references",
                        "[\"first_frame\", \"video\"]",
                        "references: is [first_frame, video]; valid are [first_frame] with imageEmbeddings"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void shouldBeRefusedBySchemaAndLoader(String pointer, @Nullable String value, String message) throws Exception {
        fixture.change(pointer, value);
        fixture.assertRefused(message);
    }
}
