package dev.galatea.finishing.clip;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.clips.video.VideoFormat;

import static org.assertj.core.api.Assertions.assertThat;

/** Frames whose values are their numbers, and a model that fades. */
class InterpolatingSinkTest {

    @ParameterizedTest
    @CsvSource({
        "3, 8, 24, '0.0 0.33 0.67 1.0 1.33 1.67 2.0 2.0 2.0'",
        "2, 8, 16, '0.0 0.5 1.0 1.0'",
        "1, 8, 24, '0.0 0.0 0.0'",
        "4, 8, 12, '0.0 0.67 1.33 2.0 2.67 3.0'",
        "4, 24, 30, '0.0 0.8 1.6 2.4 3.0'",
        "3, 8, 9, '0.0 0.89 1.78'",
    })
    void shouldKeepTheTimeOfWhatIsSeen(int frames, int fps, int toFps, String expected) throws Exception {
        List<String> seen = new ArrayList<>();
        List<Integer> indices = new ArrayList<>();
        VideoFormat format = new VideoFormat(2, 2, fps, 12);
        InterpolatingSink.Timing timing =
                new InterpolatingSink.Timing(frames, fps, (int) Math.round((double) frames * toFps / fps), toFps);
        InterpolatingSink sink = new InterpolatingSink(InterpolatingSinkTest::fade, timing, format, (index, frame) -> {
            indices.add(index);
            seen.add(String.valueOf(Math.round(frame[11] * 100) / 100f));
        });
        float[] frame = new float[format.frameBytes()];
        for (int i = 0; i < frames; i++) {
            Arrays.fill(frame, i);
            sink.accept(i, frame);
        }
        assertThat(String.join(" ", seen)).isEqualTo(expected);
        assertThat(indices).isSorted().doesNotHaveDuplicates().startsWith(0).hasSize(timing.toFrames());
    }

    private static void fade(FrameInterpolator.Pair pair, float time, float[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] = pair.first()[i] + time * (pair.second()[i] - pair.first()[i]);
        }
    }
}
