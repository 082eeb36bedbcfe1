package dev.galatea.encoding;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.galatea.model.bundle.BundleManifest.Latent;
import dev.galatea.model.event.PromptConditioned;

import static org.assertj.core.api.Assertions.assertThat;

class BeginningStillTest {

    @Test
    void shouldBeTheFirstLatentFrameItself_whenThatStandsForOneFrame() {
        assertThat(ReferenceEncoder.beginning(latent(true))).isEqualTo(PromptConditioned.EXACT);
    }

    @Test
    void shouldBeAPicture_whenTheFirstLatentFrameHoldsMotion() {
        assertThat(ReferenceEncoder.beginning(latent(false))).isEqualTo(PromptConditioned.STILL);
    }

    private static Latent latent(boolean causalFirstFrame) {
        return new Latent(1, 8, 4, causalFirstFrame, 1, List.of(0.0), List.of(1.0));
    }
}
