package dev.galatea.decoding.clip;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.clips.frames.Rgb24;
import dev.galatea.model.failure.RetryableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Frames of one row of two pixels. */
class ContinuationTest {

    private static final int BYTES = 6;

    @TempDir
    Path directory;

    private static final int SHARED = 3;
    private static final int TOLD = 2;

    @Test
    void shouldKeepWhatThereWas_fadeWhereTheDenoiserWentOn_andAddTheRest() throws Exception {
        List<byte[]> written = new ArrayList<>();
        List<Integer> indices = new ArrayList<>();
        float[] decoded = filled(1);
        decoded[0] = 20 / 127.5f - 1;

        try (Continuation continuation = new Continuation(source(4), BYTES, (index, frame) -> {
            byte[] rgb = new byte[BYTES];
            Rgb24.convert(frame, rgb);
            written.add(rgb);
            indices.add(index);
        })) {
            for (int i = 0; i < 5; i++) {
                continuation.accept(i, decoded);
            }
        }

        assertThat(indices).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(written.subList(0, 3)).allSatisfy(kept -> assertThat(kept).containsExactly(0, 1, 2, 3, 4, 5));
        assertThat(written.get(3)[0] & 0xff).as("half of another tint").isBetween(9, 11);
        assertThat(written.get(3)[1] & 0xff)
                .as("white, where it was black, but for half of a tint")
                .isBetween(230, 232);
        byte[] made = new byte[BYTES];
        Rgb24.convert(decoded, made);
        assertThat(written.get(4)).isEqualTo(made);
        assertThat(written.get(5)).isEqualTo(made);
    }

    @Test
    void shouldFadeEvenly() {
        ContinuedClip continued = new ContinuedClip(Path.of("source.rgb"), 48, 24, 7);

        assertThat(continued.before()).isEqualTo(24);
        assertThat(continued.shown(0)).isZero();
        assertThat(continued.shown(16)).isZero();
        assertThat(continued.shown(17)).isEqualTo(1 / 8f);
        assertThat(continued.shown(23)).isEqualTo(7 / 8f);
        assertThat(continued.shown(24)).isEqualTo(1);
        assertThat(continued.shown(47)).isEqualTo(1);
    }

    @Test
    void shouldSayThatTheFileEndsTooEarly() throws Exception {
        Path file = Files.write(directory.resolve("short.rgb"), new byte[BYTES - 1]);

        try (Continuation continuation =
                new Continuation(new ContinuedClip(file, 1, 1, 1), BYTES, (index, frame) -> {})) {
            assertThatThrownBy(() -> continuation.accept(0, filled(0)))
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("ends within a frame");
        }
    }

    @Test
    void shouldRefuseAFileOfOtherFrames() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContinuedClip.of(Path.of("source.rgb"), 4 * BYTES + 1, BYTES, SHARED, TOLD))
                .withMessageContaining("multiple of 6, and at least 18");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContinuedClip.of(Path.of("source.rgb"), 2 * BYTES, BYTES, SHARED, TOLD));
    }

    /** Each frame holds the bytes 0 to 5. */
    private ContinuedClip source(int frames) throws Exception {
        byte[] rgb = new byte[frames * BYTES];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i % BYTES);
        }
        Path file = Files.write(directory.resolve("source.rgb"), rgb);
        return ContinuedClip.of(file, rgb.length, BYTES, SHARED, TOLD);
    }

    private static float[] filled(float value) {
        float[] frame = new float[BYTES];
        Arrays.fill(frame, value);
        return frame;
    }
}
