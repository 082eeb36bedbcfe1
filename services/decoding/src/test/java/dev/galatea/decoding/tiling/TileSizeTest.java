package dev.galatea.decoding.tiling;

import java.util.Optional;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TileSizeTest {

    @Test
    void shouldHalveInSpaceFirst_thenInTime_thenStop() {
        TileSize size = new TileSize(8, 8, 4, 2, 2, 2);
        size = size.halved().orElseThrow();
        assertThat(size).isEqualTo(new TileSize(8, 4, 2, 2, 2, 1));
        size = size.halved().orElseThrow();
        assertThat(size).isEqualTo(new TileSize(8, 2, 2, 2, 1, 1));
        size = size.halved().orElseThrow();
        assertThat(size).isEqualTo(new TileSize(4, 2, 2, 2, 1, 1));
        size = size.halved().orElseThrow();
        assertThat(size).isEqualTo(new TileSize(2, 2, 2, 1, 1, 1));
        assertThat(size.halved()).isEqualTo(Optional.empty());
    }

    @Test
    void shouldRefuseAnOverlapAsLargeAsTheTile() {
        assertThatThrownBy(() -> new TileSize(4, 4, 4, 4, 0, 0))
                .hasMessageContaining("tile.frames: an overlap of 4")
                .hasMessageContaining("valid are 0 to 3");
    }

    @Test
    void shouldShrinkOverlapsWithTheTile() {
        assertThat(new TileSize(8, 8, 8, 4, 4, 4).atMost(2, 20, 3)).isEqualTo(new TileSize(2, 8, 3, 1, 4, 2));
    }
}
