package dev.galatea.denoising.diffusion;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.BundleManifest.Prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class SchedulersTest {

    private static final long[] SHAPE = {32, 6, 8, 8};

    @Test
    void shouldShiftAsTheManifestSays_whenStatic() {
        Scheduler scheduler = Schedulers.create("flow-match-euler", manifest(Prediction.FLOW), 4, SHAPE);
        assertThat(scheduler.steps()).isEqualTo(4);
        assertThat(scheduler.timestep(0)).isEqualTo(1000);
        assertThat(scheduler.timestep(1)).isCloseTo(857.1428f, within(1e-3f)); // 2 · 0.75 / 1.75
    }

    @Test
    void shouldShiftByTheClipsLength_whenDynamic() {
        Scheduler shorter = Schedulers.create("flow-match-euler-dynamic", manifest(Prediction.FLOW), 4, SHAPE);
        Scheduler longer =
                Schedulers.create("flow-match-euler-dynamic", manifest(Prediction.FLOW), 4, new long[] {32, 60, 8, 8});
        assertThat(longer.timestep(1)).isGreaterThan(shorter.timestep(1));
    }

    @Test
    void shouldNameTheValidOnes_whenSchedulerIsUnknown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedulers.create("heun", manifest(Prediction.FLOW), 4, SHAPE))
                .withMessage(
                        "spec.scheduler: 'heun' is not known; valid are flow-match-euler, flow-match-euler-dynamic");
    }

    @Test
    void shouldRefuse_whenModelPredictsSomethingElse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedulers.create("flow-match-euler", manifest(Prediction.EPSILON), 4, SHAPE))
                .withMessageContaining("'tiny' predicts epsilon");
    }

    private static BundleManifest manifest(Prediction prediction) {
        return new BundleManifest(
                BundleManifest.FORMAT,
                "tiny",
                "1",
                "Apache-2.0",
                "for tests",
                Map.of(),
                new BundleManifest.Text(8, 4),
                new BundleManifest.Latent(32, 16, 4, false, 1, List.of(0.0), List.of(1.0)),
                prediction,
                new BundleManifest.Scheduler("flow-match-euler", 2, 1000),
                BundleManifest.GuidanceInterval.ALWAYS,
                new BundleManifest.Defaults(128, 128, 24, 4, 2, ""),
                12,
                new BundleManifest.Limits(128, 128, 128, 128, 16, 4, 240, 100, 20, 500),
                new BundleManifest.Decoding(2, 8, 8, 1, 2, 2),
                List.of());
    }
}
