package dev.galatea.model.bundle;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BundleManifestTest {

    @Test
    void shouldAddWhatTheWindowHoldsBeyondItsBeginning() {
        // A continuation is told two latent frames and fades over a third: 24 frames of each window are not new.
        assertThat(manifest(48, 192, false).extensions()).hasValue(new Grid(24, 168, 0, 8));
        assertThat(manifest(48, 48, false).extensions()).hasValue(new Grid(24, 24, 0, 8));
        assertThat(manifest(9, 193, true).extensions()).hasValueSatisfying(added -> {
            assertThat(added.lowest()).isEqualTo(8);
            assertThat(added.highest()).isEqualTo(193 - 17);
        });
    }

    @Test
    void shouldAddNothing_whenTheWindowIsNoLongerThanItsBeginning() {
        assertThat(manifest(8, 24, false).extensions()).isEmpty();
    }

    @Test
    void shouldCountTheSteps_thatSchedulersCanGo() {
        SchedulerConfig four = new SchedulerConfig.FlowMatchEuler(1, 1000, List.of(1.0, 0.75, 0.5, 0.25), null);
        SchedulerConfig two = new SchedulerConfig.FlowMatchRenoise(1, 1000, List.of(1.0, 0.5));
        SchedulerConfig any = new SchedulerConfig.UniPcFlow(3, 1000);
        assertThat(manifest(8, 24, false, four).stepCounts()).isEqualTo(new Grid(4, 4, 0, 1));
        assertThat(manifest(8, 24, false, four, two).stepCounts()).isEqualTo(new Grid(2, 4, 0, 1));
        assertThat(manifest(8, 24, false, four, any).stepCounts()).isEqualTo(new Grid(1, 100, 0, 1));
    }

    private static BundleManifest manifest(int minFrames, int maxFrames, boolean causalFirstFrame) {
        return manifest(minFrames, maxFrames, causalFirstFrame, new SchedulerConfig.FlowMatchEuler(6, 1000));
    }

    private static BundleManifest manifest(
            int minFrames,
            int maxFrames,
            boolean causalFirstFrame,
            SchedulerConfig scheduler,
            SchedulerConfig... others) {
        return new BundleManifest(
                BundleManifest.FORMAT,
                "pebble",
                "1",
                "Apache-2.0",
                "for tests",
                Map.of(),
                new BundleManifest.Text(32, 384),
                new BundleManifest.Latent(16, 8, 8, causalFirstFrame, 2, List.of(), List.of()),
                BundleManifest.Prediction.FLOW,
                scheduler,
                List.of(others),
                BundleManifest.GuidanceInterval.ALWAYS,
                0.0,
                null,
                new BundleManifest.Defaults(128, 128, maxFrames, 24, 5, ""),
                24,
                new BundleManifest.Limits(128, 256, 128, 144, 16, minFrames, maxFrames, 100, 20, 500),
                new Decoding(12, 24, 24, 4, 8, 8),
                List.of("extension"),
                Conditioning.PLACE,
                null,
                false,
                null,
                null);
    }
}
