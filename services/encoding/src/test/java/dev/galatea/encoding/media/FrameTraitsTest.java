package dev.galatea.encoding.media;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What FFmpeg says of media that it can't make itself. */
class FrameTraitsTest {

    private static final String FRAME = """
            [Parsed_showinfo_0 @ 0x7] [info] n: 0 fmt:yuv420p10le cl:left sar:4/3 s:1920x1080 i:T iskey:1
            [Parsed_showinfo_0 @ 0x7] [info] color_range:tv color_space:bt2020nc \
            color_primaries:bt2020 color_trc:smpte2084
            [Parsed_showinfo_0 @ 0x7] [info]   side data - 3x3 displaymatrix: rotation of -90.00 degrees
            """;

    @Test
    void shouldReadFfmpegsLog() throws Exception {
        FrameTraits traits = FrameTraits.of(FRAME).orElseThrow();

        traits.requireKnown();
        assertThat(traits.pixelFormat()).isEqualTo("yuv420p10le");
        assertThat(traits.pixelShape()).isEqualTo(4 / 3.0);
        assertThat(traits.interlaced()).isTrue();
        assertThat(traits.turned()).isEqualTo(-90);
        assertThat(traits.isHdr()).isTrue();
        assertThat(traits.isWide()).isTrue();
        assertThat(traits.hasAlpha()).isFalse();
        assertThat(FrameTraits.of("[in#0] [info] Input #0, mov")).isEmpty();
    }

    /** Profile 5 has no picture for other players; profile 8 has one of HDR10 (1) or HLG (4) below. */
    @Test
    void shouldRefuseDolbyVisionThatNobodyElseCanShow() {
        String record =
                "[info]       DOVI configuration record: version: 1.0, profile: %d, level: 6, rpu flag: 1, el flag: 0,"
                        + " bl flag: 1, compatibility id: %d, compression: 0%n";

        assertThat(FrameTraits.of(record.formatted(8, 4) + FRAME).orElseThrow().needsDolbyVision())
                .isFalse();
        assertThatThrownBy(() -> FrameTraits.of(record.formatted(5, 0) + FRAME)
                        .orElseThrow()
                        .requireKnown())
                .hasMessageStartingWith("has colours for Dolby Vision alone; valid are SDR, HDR10 and HLG");
    }
}
