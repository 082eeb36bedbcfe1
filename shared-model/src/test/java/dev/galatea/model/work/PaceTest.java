package dev.galatea.model.work;

import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.galatea.model.event.ExampleSpec;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class PaceTest {

    private static final JobSpec SPEC = ExampleSpec.read();

    private final Pace pace = new Pace();

    @Test
    void shouldKnowNothing_untilAJobOfTheModelIsDone() {
        took(Stage.DENOISING, spec("pebble", 20, 4), 10);

        assertThat(pace.seconds(Stage.DENOISING, "boulder", 1)).isEmpty();
        assertThat(pace.seconds(Stage.DECODING, "pebble", 1)).isEmpty();
        assertThat(pace.byModel().keySet()).containsExactly("pebble");
    }

    @Test
    void shouldBeProportionalToStepsAndGuidance() {
        took(Stage.DENOISING, spec("pebble", 20, 4), 10);

        assertThat(seconds(Stage.DENOISING, spec("pebble", 40, 4))).isEqualTo(20, within(1e-9));
        assertThat(seconds(Stage.DENOISING, spec("pebble", 20, 1))).isEqualTo(5, within(1e-9));
    }

    @Test
    void shouldKnowThatAttentionMakesLargeClipsDearer() {
        // Pebble on two cores, a step of 48 frames of 128x128 and one of 192 frames of 256x144: nine times the pixels.
        double dearer = units(Stage.DENOISING, clip(256, 144, 192)) / units(Stage.DENOISING, clip(128, 128, 48));

        assertThat(dearer).isBetween(14.0, 19.0);
        assertThat(units(Stage.DECODING, clip(256, 144, 192))).isEqualTo(9 * units(Stage.DECODING, clip(128, 128, 48)));
    }

    @Test
    void shouldFollowSlowly_whenAJobTakesLonger() {
        took(Stage.TEXT_CONDITIONING, spec("pebble", 20, 4), 10);
        took(Stage.TEXT_CONDITIONING, spec("pebble", 20, 4), 20);

        assertThat(pace.byModel()).isEqualTo(Map.of("pebble", Map.of("text-conditioning", 12.0)));
    }

    private void took(Stage stage, JobSpec spec, double seconds) {
        pace.took(stage, spec.model(), units(stage, spec), seconds);
    }

    private static double units(Stage stage, JobSpec spec) {
        return Pipeline.VIDEO.workUnits(stage, spec);
    }

    private double seconds(Stage stage, JobSpec spec) {
        return pace.seconds(stage, spec.model(), units(stage, spec)).orElseThrow();
    }

    private static JobSpec clip(int width, int height, int frames) {
        return SPEC.withSettings(settings -> settings.width(width)
                .height(height)
                .frames(frames)
                .fps(24)
                .steps(24)
                .guidance(5.0));
    }

    private static JobSpec spec(String model, int steps, double guidance) {
        return SPEC.withSettings(settings -> settings.model(model)
                .width(64)
                .height(64)
                .frames(33)
                .steps(steps)
                .guidance(guidance));
    }
}
