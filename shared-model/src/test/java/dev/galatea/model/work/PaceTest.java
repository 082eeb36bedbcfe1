package dev.galatea.model.work;

import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.Sha256;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class PaceTest {

    private final Pace pace = new Pace();

    @Test
    void shouldKnowNothing_untilAJobOfTheModelIsDone() {
        pace.took(Stage.DENOISING, spec("pebble", 20, 4), 10);

        assertThat(pace.seconds(Stage.DENOISING, "boulder", 1)).isEmpty();
        assertThat(pace.seconds(Stage.DECODING, "pebble", 1)).isEmpty();
        assertThat(pace.byModel().keySet()).containsExactly("pebble");
    }

    @Test
    void shouldBeProportionalToStepsAndGuidance() {
        pace.took(Stage.DENOISING, spec("pebble", 20, 4), 10);

        assertThat(seconds(Stage.DENOISING, spec("pebble", 40, 4))).isEqualTo(20, within(1e-9));
        assertThat(seconds(Stage.DENOISING, spec("pebble", 20, 1))).isEqualTo(5, within(1e-9));
    }

    @Test
    void shouldKnowThatAttentionMakesLargeClipsDearer() {
        // Pebble on two cores, a step of 48 frames of 128x128 and one of 192 frames of 256x144: nine times the pixels.
        double dearer =
                Pace.units(Stage.DENOISING, clip(256, 144, 192)) / Pace.units(Stage.DENOISING, clip(128, 128, 48));

        assertThat(dearer).isBetween(14.0, 19.0);
        assertThat(Pace.units(Stage.DECODING, clip(256, 144, 192)))
                .isEqualTo(9 * Pace.units(Stage.DECODING, clip(128, 128, 48)));
    }

    @Test
    void shouldFollowSlowly_whenAJobTakesLonger() {
        pace.took(Stage.TEXT_CONDITIONING, spec("pebble", 20, 4), 10);
        pace.took(Stage.TEXT_CONDITIONING, spec("pebble", 20, 4), 20);

        assertThat(pace.byModel()).isEqualTo(Map.of("pebble", Map.of("text-conditioning", 12.0)));
    }

    private double seconds(Stage stage, JobSpec spec) {
        return pace.seconds(stage, spec.model(), Pace.units(stage, spec)).orElseThrow();
    }

    private static JobSpec clip(int width, int height, int frames) {
        Sha256 bundle = Sha256.of(new byte[0]);
        return new JobSpec(
                "a red ball", "", "pebble", bundle, width, height, frames, 24, 24, 5, 7, "flow-match-euler", null);
    }

    private static JobSpec spec(String model, int steps, double guidance) {
        Sha256 bundle = Sha256.of(new byte[0]);
        return new JobSpec(
                "a red ball", "", model, bundle, 64, 64, 33, 8, steps, guidance, 7, "flow-match-euler", null);
    }
}
