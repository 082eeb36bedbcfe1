package dev.galatea.jobtracking.admission;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.model.event.JobSpec;

import static dev.galatea.jobtracking.Fixtures.Prompts.prompt;
import static org.assertj.core.api.Assertions.assertThat;

/** Sizes of a model that works at 32 to 128 pixels and has an upscaler of scale 5. */
class UpscaledSizesTest {

    private final Admission admission = new Admission(
            new ModelCatalogue(List.of(new Model(Fixtures.upscalingManifest("quarry"), Fixtures.DIGEST)), "quarry"),
            Fixtures.MAX_PIXEL_STEPS);

    @ParameterizedTest
    @CsvSource({"128, 64, 128, 64, 1", "640, 320, 128, 64, 5", "160, 160, 32, 32, 5"})
    void shouldSayTheScaleAndKeepTheSize(int width, int height, int denoisedWidth, int denoisedHeight, int scale) {
        JobSpec spec = accepted(width, height);
        assertThat(List.of(spec.width(), spec.height(), spec.scaleOrOne())).containsExactly(width, height, scale);
        assertThat(List.of(spec.denoisedWidth(), spec.denoisedHeight())).containsExactly(denoisedWidth, denoisedHeight);
    }

    @Test
    void shouldLeaveTheScaleOut_whenTheDenoiserWorksAtTheSize() {
        assertThat(accepted(64, 64).scale()).isNull();
    }

    @Test
    void shouldNameTheNearestSize_whenNoScaleMakesIt() {
        assertThat(Decisions.refused(admission, prompt().size(600, 330).build()).message())
                .isEqualTo("width: 600x330 (width x height) is not valid for model 'quarry'; nearest valid is 640x320"
                        + " (32 to 128 in steps of 16 by 32 to 128 in steps of 16, or both times 5)");
    }

    private JobSpec accepted(int width, int height) {
        return Decisions.accepted(admission, prompt().size(width, height).build());
    }
}
