package dev.galatea.encoding.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which way up a WebP is shown: its EXIF data come after the picture, and after all frames of an animation. */
class WebpPictureTest {

    private static final FrameRequest PICTURE = new FrameRequest(false, 1, 24, 64, 64, false);
    private static final byte TURNED = 6;

    private final MediaReader reader = TestMedia.reader();

    @TempDir
    Path directory;

    /** The prefix is what many programs leave of the JPEG that the data come from. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void shouldBeUpright(boolean animated, boolean prefix) throws Exception {
        Path file = write(animated, 64, prefix ? "Exif\0\0" : "");

        Frames frames = reader.read(file, PICTURE);

        TestMedia.assertPixel(frames, 0, 48, 16, 1, 1, 1);
        TestMedia.assertPixel(frames, 0, 16, 16, -1, -1, -1);
        TestMedia.assertPixel(frames, 0, 16, 48, -1, -1, -1);
    }

    @Test
    void shouldRefuseToTurnAPart() throws Exception {
        Path file = write(true, 128, "");

        assertThatThrownBy(() -> reader.read(file, PICTURE))
                .isInstanceOf(MediaRefusedException.class)
                .hasMessage("has an orientation, and a first picture that is smaller than its canvas; valid are upright"
                        + " animations");
    }

    /** An upper left quarter of white, and a word that what is at the left is shown on top. */
    private Path write(boolean animated, int canvas, String prefix) throws Exception {
        Path source = TestMedia.picture(
                directory.resolve("a.webp"), "color=black:size=64x64,drawbox=w=32:h=32:color=white:t=fill");
        byte[] still = Files.readAllBytes(source);
        byte[] picture = Arrays.copyOfRange(still, 12, still.length);
        assertThat(new String(picture, 0, 3, ISO_8859_1)).isEqualTo("VP8");
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("WEBP".getBytes(ISO_8859_1));
        byte side = (byte) (canvas - 1);
        body.writeBytes(chunk("VP8X", new byte[] {(byte) (animated ? 0x0a : 0x08), 0, 0, 0, side, 0, 0, side, 0, 0}));
        if (animated) {
            ByteBuffer frame = ByteBuffer.allocate(16 + picture.length)
                    .put(new byte[] {0, 0, 0, 0, 0, 0, 63, 0, 0, 63, 0, 0, 100, 0, 0, 0})
                    .put(picture);
            body.writeBytes(chunk("ANIM", new byte[6]));
            body.writeBytes(chunk("ANMF", frame.array()));
            body.writeBytes(chunk("ANMF", frame.array()));
        } else {
            body.writeBytes(picture);
        }
        ByteBuffer exif = ByteBuffer.allocate(prefix.length() + 8 + 2 + 12 + 4)
                .put((prefix + "MM\0*").getBytes(ISO_8859_1))
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) TURNED);
        body.writeBytes(chunk("EXIF", exif.array()));
        return Files.write(directory.resolve("turned.webp"), chunk("RIFF", body.toByteArray()));
    }

    private static byte[] chunk(String name, byte[] data) {
        return ByteBuffer.allocate(8 + data.length + (data.length & 1))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(name.getBytes(ISO_8859_1))
                .putInt(data.length)
                .put(data)
                .array();
    }
}
