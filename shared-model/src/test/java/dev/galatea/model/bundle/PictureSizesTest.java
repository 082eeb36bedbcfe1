package dev.galatea.model.bundle;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PictureSizesTest {

    private static final PictureSizes SIZES =
            new PictureSizes(new Grid(128, 256, 0, 16), new Grid(128, 144, 0, 16), List.of(1, 2, 5));

    @ParameterizedTest
    @CsvSource({
        "128, 128, 1",
        "256, 144, 1",
        "256, 128, 1",
        "256, 256, 2",
        "288, 288, 2",
        "1280, 720, 5",
        "1280, 640, 5"
    })
    void shouldTakeTheLeastScale(int width, int height, int scale) {
        assertThat(SIZES.scale(width, height)).hasValue(scale);
    }

    @ParameterizedTest
    @CsvSource({"1281, 720", "130, 128", "1024, 576", "640, 144", "0, 0", "-256, 256"})
    void shouldRefuse_whenNoScaleMakesBothSides(int width, int height) {
        assertThat(SIZES.scale(width, height)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1300, 700, 1280x720",
        "1024, 576, 1040x640",
        "120, 120, 128x128",
        "300, 290, 288x288",
        "100000, 100000, 1280x720"
    })
    void shouldNameTheNearest(int width, int height, String nearest) {
        assertThat(SIZES.nearest(width, height)).isEqualTo(nearest);
    }

    @Test
    void shouldDescribeAllSizes() {
        assertThat(SIZES.describe())
                .isEqualTo("128 to 256 in steps of 16 by 128 to 144 in steps of 16, or both times 2 or 5");
        assertThat(new PictureSizes(SIZES.widths(), SIZES.heights(), List.of(1)).describe())
                .isEqualTo("128 to 256 in steps of 16 by 128 to 144 in steps of 16");
    }
}
