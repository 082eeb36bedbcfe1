package dev.galatea.jobtracking.admission;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.GenerationSettingsBuilder;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.PromptSubmitted;

import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static org.assertj.core.api.Assertions.assertThat;

/** What may be done with decoded clips of a model of 8 frames per second and 32 to 128 pixels. */
class FinishingRulesTest {

    private static final long PLENTY = 1L << 40;

    @Test
    void shouldTakeBothOver() {
        JobSpec spec = Decisions.accepted(admission(PLENTY), finished(3, 24));
        assertThat(List.of(spec.upscaleOrOne(), spec.finishedFps(), spec.fps(), spec.width()))
                .containsExactly(3, 24, 8, 64);
        assertThat(spec.asksForFinishing()).isTrue();
        assertThat(spec.finishedFrames(33)).isEqualTo(99);
    }

    @Test
    void shouldLeaveTheSpecAsItWas_whenTheJobAsksForNeither() throws Exception {
        JobSpec spec = Decisions.accepted(admission(PLENTY), prompt().build());
        assertThat(spec.asksForFinishing()).isFalse();
        assertThat(EventCodec.mapper().valueToTree(spec).fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "prompt",
                        "negativePrompt",
                        "model",
                        "width",
                        "height",
                        "frames",
                        "fps",
                        "steps",
                        "guidance",
                        "seed",
                        "scheduler",
                        "bundle");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4||upscale|upscale: 4 is not valid for model 'quarry' at this size; valid are 2, 3, 5",
                "1||upscale|upscale: 1 is not valid for model 'quarry' at this size; valid are 2, 3, 5",
                "-2||upscale|upscale: -2 is not valid for model 'quarry' at this size; valid are 2, 3, 5",
                "|8|interpolateToFps|interpolateToFps: 8 is not valid for model 'quarry'; valid are 9 to 120",
                "|121|interpolateToFps|interpolateToFps: 121 is not valid for model 'quarry'; valid are 9 to 120",
                "2|0|interpolateToFps|interpolateToFps: 0 is not valid for model 'quarry'; valid are 9 to 120",
                "2147483647||upscale|upscale: 2147483647 is not valid for model 'quarry' at this size; valid are 2, 3, 5",
            })
    void shouldNameFieldValueAndWhatIsValid(Integer upscale, Integer fps, String field, String message) {
        Failure refused = Decisions.refused(admission(PLENTY), finished(upscale, fps));
        assertThat(refused.message()).isEqualTo(message);
        assertThat(refused.field()).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2||upscale: 2 is not valid for model 'pebble' at this size; valid is to leave it out",
                "|24|interpolateToFps: 24 is not valid for model 'pebble'; valid is to leave it out",
            })
    void shouldRefuse_whenTheBundleHasNoSuchModel(Integer upscale, Integer fps, String message) {
        Admission plain = new Admission(
                new ModelCatalogue(List.of(new Model(Fixtures.manifest("pebble"), Fixtures.DIGEST)), "pebble"), PLENTY);
        assertThat(Decisions.refused(plain, finished(upscale, fps)).message()).isEqualTo(message);
    }

    @Test
    void shouldRefuse_whenTheFinishedClipIsMoreThanTheLimitOfPixels() {
        long enoughForDenoising = 64L * 64 * 33 * 20;
        Failure refused = Decisions.refused(admission(enoughForDenoising), finished(5, null));
        assertThat(refused.code()).isEqualTo("budget_exceeded");
        assertThat(refused.message())
                .isEqualTo("upscale: 5 makes 33 frames of 102400 pixels, which are more than " + enoughForDenoising
                        + " pixels; valid are fewer or smaller frames");
    }

    private static Admission admission(long maxPixelSteps) {
        return new Admission(
                new ModelCatalogue(List.of(new Model(Fixtures.finishingManifest("quarry"), Fixtures.DIGEST)), "quarry"),
                maxPixelSteps);
    }

    private static PromptSubmitted finished(Integer upscale, Integer fps) {
        PromptSubmitted plain = prompt().build();
        GenerationSettingsBuilder settings = GenerationSettingsBuilder.builder(plain.settings());
        return plain.withSettings(
                settings.upscale(upscale).interpolateToFps(fps).build());
    }
}
