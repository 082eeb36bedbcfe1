package dev.galatea.decoding.clip;

import org.junit.jupiter.api.Test;

import dev.galatea.clips.video.VideoFormat;
import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TileSize;

import static org.assertj.core.api.Assertions.assertThat;

class ClipRequestTest {

    private static final ClipRequest REQUEST = new ClipRequest(
            new LatentGeometry(4, 6, 16, 16, 8, 4, false),
            new TileSize(6, 16, 16, 2, 4, 4),
            new VideoFormat(128, 128, 12, 14));

    @Test
    void shouldDecodeTheSameTwice_whenAWorkerDiedOnce() {
        assertThat(REQUEST.forAttempt(1)).isEqualTo(REQUEST);
        assertThat(REQUEST.forAttempt(2)).isEqualTo(REQUEST);
    }

    @Test
    void shouldTakeSmallerTiles_whenAttemptsKeepDying() {
        assertThat(REQUEST.forAttempt(3).tile()).isEqualTo(new TileSize(6, 8, 8, 2, 4, 4));
        assertThat(REQUEST.forAttempt(4).tile()).isEqualTo(new TileSize(6, 4, 4, 2, 2, 2));
        assertThat(REQUEST.forAttempt(100).tile()).isEqualTo(new TileSize(2, 2, 2, 1, 1, 1));
    }
}
