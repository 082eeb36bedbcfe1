package dev.galatea.jobtracking.backlog;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.config.BacklogConfig;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class WorkEstimateTest {

    static final BacklogConfig CONFIG = new BacklogConfig() {
        @Override
        public Duration interval() {
            return Duration.ofSeconds(1);
        }

        @Override
        public Duration firstEstimate() {
            return Duration.ofSeconds(30);
        }
    };

    private final WorkEstimate estimate = new WorkEstimate(CONFIG);

    @Test
    void shouldTakeTheFirstEstimate_untilAJobOfTheModelIsDone() {
        estimate.took(Stage.DENOISING, spec("pebble", 20, 4), 10);

        assertThat(seconds(Stage.DENOISING, spec("boulder", 20, 4))).isEqualTo(30);
        assertThat(seconds(Stage.DECODING, spec("pebble", 20, 4))).isEqualTo(30);
    }

    @Test
    void shouldBeProportionalToStepsAndGuidance() {
        estimate.took(Stage.DENOISING, spec("pebble", 20, 4), 10);

        assertThat(seconds(Stage.DENOISING, spec("pebble", 40, 4))).isEqualTo(20, within(1e-9));
        assertThat(seconds(Stage.DENOISING, spec("pebble", 20, 1))).isEqualTo(5, within(1e-9));
    }

    @Test
    void shouldFollowSlowly_whenAJobTakesLonger() {
        estimate.took(Stage.DECODING, spec("pebble", 20, 4), 10);
        estimate.took(Stage.DECODING, spec("pebble", 20, 4), 20);

        assertThat(seconds(Stage.DECODING, spec("pebble", 20, 4))).isEqualTo(12, within(1e-9));
    }

    private double seconds(Stage stage, JobSpec spec) {
        return estimate.seconds(stage, spec.model(), WorkEstimate.units(stage, spec));
    }

    static JobSpec spec(String model, int steps, double guidance) {
        return new JobSpec(
                "a red ball", "", model, Fixtures.DIGEST, 64, 64, 33, 8, steps, guidance, 7, "flow-match-euler", null);
    }
}
