package dev.galatea.jobtracking.backlog;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.config.BacklogConfig;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.testsupport.ExampleSpecs;

import static org.assertj.core.api.Assertions.assertThat;

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
        assertThat(seconds(Stage.DENOISING, spec("pebble", 20, 4))).isEqualTo(10);
    }

    private double seconds(Stage stage, JobSpec spec) {
        return estimate.seconds(stage, spec.model(), Pipeline.VIDEO.workUnits(stage, spec));
    }

    static JobSpec spec(String model, int steps, double guidance) {
        return ExampleSpecs.text(model, Fixtures.DIGEST)
                .withSettings(settings -> settings.frames(33).steps(steps).guidance(guidance));
    }
}
