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

/** Manifests of models of which steps can go without the denoiser. */
class StepCachingTest {

    @TempDir
    Path temp;

    private BundleFixture fixture;

    @BeforeEach
    void makeFixture() throws Exception {
        fixture = BundleFixture.in(temp.resolve("tiny")).withLatestFormat();
        fixture.withFile("probe", "probe.onnx", BundleFixture.model());
        fixture.manifest.putObject("stepCaching").put("threshold", 0.1);
    }

    @Test
    void shouldBeRead() throws Exception {
        assertThat(fixture.isValid()).isTrue();
        BundleManifest manifest = fixture.load().manifest();
        assertThat(manifest.stepCaching()).isEqualTo(new StepCaching(0.1, 1.0));
        assertThat(ModelMemory.of(manifest).weightBytes()).containsKey("probe");
    }

    @Test
    void shouldBeRefusedByName_inTheEarlierFormat() {
        fixture.manifest.put("format", "galatea-bundle/1");
        fixture.assertRefused("stepCaching: needs format galatea-bundle/2, but format is galatea-bundle/1");
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                arguments("/files/probe", null, "none without files.probe"),
                arguments("/stepCaching", null, "files: is probe; valid are none of this role without stepCaching"),
                arguments(
                        "/stepCaching/threshold", "0", "stepCaching.threshold: is 0.0; valid are finite numbers above"),
                arguments("/stepCaching/highest", "0", "stepCaching.highest: is 0.0; valid are above 0 and up to 1"),
                arguments("/stepCaching/highest", "1.5", "stepCaching.highest: is 1.5; valid are above 0 and up to 1"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void shouldBeRefusedBySchemaAndLoader(String pointer, @Nullable String value, String message) throws Exception {
        fixture.change(pointer, value);
        fixture.assertRefused(message);
    }
}
