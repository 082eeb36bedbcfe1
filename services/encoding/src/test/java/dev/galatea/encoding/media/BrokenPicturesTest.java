package dev.galatea.encoding.media;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Pictures that FFmpeg decodes without a word, although pixels or colours are missing. */
class BrokenPicturesTest {

    private static final FrameRequest PICTURE = new FrameRequest(false, 1, 24, 64, 64, false);
    private static final int SIDE = 64;
    private static final byte[] NONE = new byte[0];

    private final MediaReader reader = TestMedia.reader();

    @TempDir
    Path directory;

    /** A progressive one that ends between two scans is whole, but coarse. */
    @ParameterizedTest
    @ValueSource(strings = {"testsrc=size=64x64", "testsrc2=size=640x480"})
    void shouldRefuseJpegs_withoutTheirEnd(String source) throws Exception {
        byte[] whole = Files.readAllBytes(TestMedia.picture(directory.resolve("a.jpg"), source));

        for (int missing : new int[] {1, 2, 5, 100}) {
            assertRefused(Arrays.copyOf(whole, whole.length - missing), "media_broken", "is cut: it has no end");
        }
        byte[] sparse = Arrays.copyOf(Arrays.copyOf(whole, whole.length / 2), whole.length);
        assertRefused(sparse, "media_broken", "is cut: it has no end");
    }

    @Test
    void shouldRefusePngs_withoutTheirEnd() throws Exception {
        byte[] whole = png(8, 2, NONE, rows(3 * SIDE, SIDE));

        assertRefused(Arrays.copyOf(whole, whole.length - 12), "media_broken", "is cut: it has no end");
    }

    /** Of all kinds of colours, of every depth, interlaced or not: half of the rows, and one byte less than all. */
    @ParameterizedTest
    @CsvSource({"8, 2, 192", "16, 6, 512", "8, 0, 64", "1, 0, 8", "16, 4, 256", "4, 3, 32"})
    void shouldRefusePngs_thatHoldFewerPixelsThanTheyAnnounce(int depth, int colour, int bytes) throws Exception {
        byte[] palette = colour == 3 ? chunk("PLTE", new byte[48]) : NONE;
        byte[] all = rows(bytes, SIDE);

        assertThat(read(png(depth, colour, palette, all))).hasSize(3 * SIDE * SIDE);
        for (int length : new int[] {all.length / 2, all.length - 1}) {
            assertRefused(
                    png(depth, colour, palette, Arrays.copyOf(all, length)),
                    "media_broken",
                    "is cut: it holds " + length + " of " + all.length + " bytes of pixels");
        }
    }

    @Test
    void shouldCountTheRowsOfInterlacedPngs() throws Exception {
        Function<byte[], byte[]> interlaced = pixels -> png(header(8, 0, 1), NONE, pixels);
        // 8x8, 8x8, 16x8, 16x16, 32x16, 32x32 and 64x32 pixels of 64x64, and a byte before each row
        int length = 8 * 9 + 8 * 9 + 8 * 17 + 16 * 17 + 16 * 33 + 32 * 33 + 32 * 65;

        assertThat(read(interlaced.apply(new byte[length]))).hasSize(3 * SIDE * SIDE);
        assertRefused(interlaced.apply(new byte[length - 1]), "media_broken", "is cut: it holds " + (length - 1));
    }

    @Test
    void shouldRefusePngs_whoseDataAreAltered() throws Exception {
        byte[] good = png(4, 3, chunk("PLTE", new byte[48]), rows(SIDE / 2, SIDE));
        int palette = new String(good, ISO_8859_1).indexOf("PLTE") + 10;
        byte[] bad = good.clone();
        bad[palette] ^= 1;

        assertThat(read(good)).hasSize(3 * SIDE * SIDE);
        assertRefused(bad, "media_broken", "CRC mismatch");
        assertRefused(
                png(4, 3, NONE, rows(SIDE / 2, SIDE)),
                "media_broken",
                "has colours of a palette, and no palette before them");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void shouldRefuseTransparencyThatFfmpegDoesNotKnow(int depth) throws Exception {
        byte[] pixels = rows(SIDE * depth / 8, SIDE);

        assertThat(read(png(depth, 0, NONE, pixels))).hasSize(3 * SIDE * SIDE);
        assertRefused(
                png(depth, 0, chunk("tRNS", new byte[2]), pixels),
                "media_not_supported",
                "has transparency in grey of depth " + depth + "; valid are depths of 8 and 16");
    }

    /** The chunk {@code cICP}: BT.709, sRGB, RGB, and whether the range is the full one. */
    @Test
    void shouldRefuseRgbOfLimitedRange() throws Exception {
        byte[] pixels = rows(3 * SIDE, SIDE);

        assertThat(read(png(8, 2, chunk("cICP", new byte[] {1, 13, 0, 1}), pixels)))
                .hasSize(3 * SIDE * SIDE);
        assertRefused(
                png(8, 2, chunk("cICP", new byte[] {1, 13, 0, 0}), pixels),
                "media_not_supported",
                "has RGB of limited range; valid are those of full range");
    }

    @Test
    void shouldRefuseWebps_thatAreCut() throws Exception {
        byte[] whole = Files.readAllBytes(TestMedia.picture(directory.resolve("a.webp"), "testsrc=size=320x240"));

        assertRefused(
                Arrays.copyOf(whole, whole.length - 10),
                "media_broken",
                "is cut: it has " + (whole.length - 10) + " bytes, and 10 more are announced");
    }

    private float[] read(byte[] bytes) throws Exception {
        return reader.read(Files.write(directory.resolve("picture"), bytes), PICTURE)
                .values();
    }

    private void assertRefused(byte[] bytes, String code, String said) {
        assertThatThrownBy(() -> read(bytes)).isInstanceOfSatisfying(MediaRefusedException.class, e -> {
            assertThat(e).hasMessageContaining(said);
            assertThat(e.code()).isEqualTo(code);
        });
    }

    /** Rows without a filter. */
    private static byte[] rows(int bytes, int rows) {
        byte[] pixels = new byte[(1 + bytes) * rows];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i % (1 + bytes) == 0 ? 0 : i % 7);
        }
        return pixels;
    }

    private static byte[] png(int depth, int colour, byte[] before, byte[] pixels) {
        return png(header(depth, colour, 0), before, pixels);
    }

    private static byte[] png(byte[] header, byte[] before, byte[] pixels) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed, new Deflater(), 512, true)) {
            out.write(pixels);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(ISO_8859_1));
        png.writeBytes(chunk("IHDR", header));
        png.writeBytes(before);
        png.writeBytes(chunk("IDAT", packed.toByteArray()));
        png.writeBytes(chunk("IEND", NONE));
        return png.toByteArray();
    }

    private static byte[] header(int depth, int colour, int interlaced) {
        ByteBuffer header = ByteBuffer.allocate(13).putInt(SIDE).putInt(SIDE);
        return header.put((byte) depth)
                .put((byte) colour)
                .put(new byte[2])
                .put((byte) interlaced)
                .array();
    }

    private static byte[] chunk(String type, byte[] data) {
        ByteBuffer chunk =
                ByteBuffer.allocate(12 + data.length).putInt(data.length).put(type.getBytes(ISO_8859_1));
        CRC32 sum = new CRC32();
        sum.update(chunk.put(data).array(), 4, 4 + data.length);
        return chunk.putInt((int) sum.getValue()).array();
    }
}
