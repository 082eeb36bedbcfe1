package dev.galatea.denoising.diffusion;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.galatea.model.bundle.BetaSchedule;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.bundle.Conditioning;
import dev.galatea.model.bundle.Decoding;
import dev.galatea.model.bundle.SchedulerConfig;
import dev.galatea.model.bundle.TimestepSpacing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class SchedulersTest {

    private static final long[] SHAPE = {32, 6, 8, 8};

    @Test
    void shouldShiftAsTheManifestSays_whenStatic() {
        Scheduler scheduler = Schedulers.create("flow-match-euler", manifest(), 4, SHAPE, 7);
        assertThat(scheduler.steps()).isEqualTo(4);
        assertThat(scheduler.timestep(0)).isEqualTo(1000);
        assertThat(scheduler.timestep(1)).isCloseTo(857.1428f, within(1e-3f)); // 2 · 0.75 / 1.75
    }

    @Test
    void shouldShiftByTheClipsLength_whenDynamic() {
        Scheduler shorter = Schedulers.create("flow-match-euler-dynamic", manifest(), 4, SHAPE, 7);
        Scheduler longer = Schedulers.create("flow-match-euler-dynamic", manifest(), 4, new long[] {32, 60, 8, 8}, 7);
        assertThat(longer.timestep(1)).isGreaterThan(shorter.timestep(1));
    }

    @Test
    void shouldTellWholeTimesteps_whenTheSolverRemembers() {
        Scheduler scheduler = Schedulers.create("dpm-solver++-2m-flow", manifest(), 4, SHAPE, 7);
        assertThat(scheduler.history()).containsExactly("clean_1");
        assertThat(scheduler.timestep(0)).isEqualTo(999);
        assertThat(scheduler.timestep(1)).isEqualTo(899);
    }

    @Test
    void shouldMakeEverySchedulerThatAManifestCanName() {
        for (String name : SchedulerConfig.NAMES) {
            assertThat(Schedulers.create(name, manifest(), 3, SHAPE, 7).steps())
                    .as(name)
                    .isEqualTo(3);
        }
    }

    @Test
    void shouldNameTheValidOnes_whenTheBundleHasNoSuchScheduler() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedulers.create("heun", manifest(), 4, SHAPE, 7))
                .withMessage("spec.scheduler: is heun; valid are flow-match-euler, flow-match-euler-dynamic,"
                        + " dpm-solver++-2m-flow, unipc-flow, flow-match-renoise, ddim for 'tiny'");
    }

    @Test
    void shouldNameTheOneValidNumberOfSteps_whenTheManifestListsThem() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedulers.create("flow-match-renoise", manifest(), 4, SHAPE, 7))
                .withMessage("spec.steps: is 4; valid is 3 for scheduler flow-match-renoise of 'tiny'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedulers.create("ddim", manifest(), 1001, SHAPE, 7))
                .withMessage("spec.steps: is 1001; valid are 1 to 1000 (scheduler.trainTimesteps) for scheduler ddim");
    }

    private static BundleManifest manifest() {
        return new BundleManifest(
                BundleManifest.FORMAT,
                "tiny",
                "1",
                "Apache-2.0",
                "for tests",
                Map.of(),
                new BundleManifest.Text(8, 4),
                new BundleManifest.Latent(32, 16, 4, false, 1, List.of(0.0), List.of(1.0)),
                Prediction.FLOW,
                new SchedulerConfig.FlowMatchEuler(2, 1000),
                List.of(
                        new SchedulerConfig.FlowMatchEulerDynamic(1000),
                        new SchedulerConfig.DpmSolver2mFlow(3, 1000),
                        new SchedulerConfig.UniPcFlow(3, 1000),
                        new SchedulerConfig.FlowMatchRenoise(5, 1000, List.of(1.0, 0.75, 0.5)),
                        new SchedulerConfig.Ddim(
                                1000, 0.00085, 0.012, BetaSchedule.SCALED_LINEAR, 3.0, true, TimestepSpacing.TRAILING)),
                BundleManifest.GuidanceInterval.ALWAYS,
                0.0,
                null,
                new BundleManifest.Defaults(128, 128, 24, 4, 2, ""),
                12,
                new BundleManifest.Limits(128, 128, 128, 128, 16, 4, 240, 100, 20, 500),
                new Decoding(2, 8, 8, 1, 2, 2),
                List.of(),
                Conditioning.PLACE,
                null,
                false,
                null,
                null);
    }
}
