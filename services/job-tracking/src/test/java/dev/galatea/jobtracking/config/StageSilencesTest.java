package dev.galatea.jobtracking.config;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;

import dev.galatea.model.event.Stage;
import dev.galatea.model.pipeline.Pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StageSilencesTest {

    @Test
    void shouldReadStagesByTheirNames_fromPropertiesAndTheEnvironment() {
        DeadlineConfig fromProperties = deadlines(new PropertiesConfigSource(
                Map.of(
                        "galatea.job-tracking.deadline.waiting", "2h",
                        "galatea.job-tracking.deadline.text-conditioning", "20m",
                        "galatea.job-tracking.deadline.encoding", "30m",
                        "galatea.job-tracking.deadline.retries", "3"),
                "test",
                100));
        DeadlineConfig fromEnvironment = deadlines(new EnvConfigSource(
                Map.of(
                        "GALATEA_JOB_TRACKING_DEADLINE_TEXT_CONDITIONING", "20m",
                        "GALATEA_JOB_TRACKING_DEADLINE_WAITING", "2h",
                        "GALATEA_JOB_TRACKING_DEADLINE_ENCODING", "30m"),
                100));

        assertThat(fromProperties.waiting()).isEqualTo(Duration.ofHours(2));
        assertThat(fromProperties.retries()).isEqualTo(3);
        assertThat(fromEnvironment.waiting()).isEqualTo(Duration.ofHours(2));
        for (DeadlineConfig config : new DeadlineConfig[] {fromProperties, fromEnvironment}) {
            assertThat(StageSilences.of(config.stages(), Pipeline.VIDEO))
                    .isEqualTo(Map.of(
                            Stage.TEXT_CONDITIONING, Duration.ofMinutes(20),
                            Stage.ENCODING, Duration.ofMinutes(30),
                            Stage.DENOISING, Duration.ofHours(1),
                            Stage.DECODING, Duration.ofHours(1),
                            Stage.FINISHING, Duration.ofHours(1)));
        }
    }

    @Test
    void shouldRefuseAStageThatThereIsNot() {
        assertThatThrownBy(() -> StageSilences.of(Map.of("denosing", Duration.ofHours(1)), Pipeline.VIDEO))
                .hasMessage("galatea.job-tracking.deadline.denosing: there is no such stage; valid are"
                        + " galatea.job-tracking.deadline.waiting, retries, or a stage:"
                        + " [decoding, denoising, encoding, finishing, text-conditioning]");
    }

    private static DeadlineConfig deadlines(ConfigSource source) {
        return new SmallRyeConfigBuilder()
                .withSources(source, new PipelineConfigSource())
                .withConverter(Duration.class, 200, new io.quarkus.runtime.configuration.DurationConverter())
                .withMapping(JobTrackingConfig.class)
                .build()
                .getConfigMapping(JobTrackingConfig.class)
                .deadline();
    }

    @Test
    void shouldRefuseAVariable_thatNamesNoStage() {
        assertThatThrownBy(() -> StageSilences.requireKnown(
                        Set.of("GALATEA_JOB_TRACKING_DEADLINE_DENOISNG", "HOME"), Pipeline.VIDEO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GALATEA_JOB_TRACKING_DEADLINE_DENOISNG: there is no such stage")
                .hasMessageContaining("DENOISING");
    }

    @Test
    void shouldAcceptVariables_ofStagesAndOtherKeys() {
        assertThatCode(() -> StageSilences.requireKnown(
                        Set.of(
                                "GALATEA_JOB_TRACKING_DEADLINE_TEXT_CONDITIONING",
                                "GALATEA_JOB_TRACKING_DEADLINE_WAITING",
                                "GALATEA_JOB_TRACKING_RETENTION"),
                        Pipeline.VIDEO))
                .doesNotThrowAnyException();
    }
}
