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
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** What picture files of phones, cameras and drawing programs say and hold, and what the clip gets of it. */
class PictureKindsTest {

    private static final FrameRequest SQUARE = new FrameRequest(false, 4, 24, 64, 64, false);

    private final MediaReader reader = TestMedia.reader();

    @TempDir
    Path directory;

    /** As Ultra HDR (a gain map), MPO (a second view) and motion photos (a video) are laid out. */
    @ParameterizedTest
    @ValueSource(strings = {"green.jpg", "green.mp4", "noise"})
    void shouldTakeTheFirstPicture_whenAnythingFollowsIt(String second) throws Exception {
        for (String first : new String[] {"red.jpg", "red.png", "red.webp"}) {
            Path file = Files.write(directory.resolve("both"), join(picture(first, "red"), after(second)));

            assertColour(reader.read(file, SQUARE), 1, -1, -1);
        }
    }

    private byte[] after(String second) throws Exception {
        if (second.equals("noise")) {
            return "\u00ff\u00d8 not a picture, not a video".getBytes(ISO_8859_1);
        }
        if (second.endsWith("mp4")) {
            Path video = TestMedia.make(
                    directory.resolve(second), "color=green:size=64x64:rate=24:duration=1", "-c:v", "libopenh264");
            return Files.readAllBytes(video);
        }
        return picture(second, "green");
    }

    /** Progressive ones have several scans; previews in their metadata are pictures, too. */
    @Test
    void shouldNotTakeAPreviewForThePicture() throws Exception {
        byte[] red = picture("red.jpg", "red");
        byte[] preview = picture("preview.jpg", "green");
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(red, 0, 2);
        file.writeBytes(segment(0xe1, preview));
        file.write(red, 2, red.length - 2);
        file.writeBytes(preview);

        Path both = Files.write(directory.resolve("both"), file.toByteArray());

        assertColour(reader.read(both, SQUARE), 1, -1, -1);
    }

    @ParameterizedTest
    @CsvSource({"a.png, apng", "a.webp, webp"})
    void shouldTakeTheFirstPictureOfAnAnimation(String name, String muxer) throws Exception {
        String codec = muxer.equals("apng") ? "apng" : "libwebp_anim";
        Path file = TestMedia.make(
                directory.resolve(name),
                "color=red:size=64x64:rate=5:duration=0.2[r];color=green:size=64x64:rate=5:duration=1[g];[r][g]concat",
                "-c:v",
                codec,
                "-lossless",
                "1",
                "-f",
                muxer);

        assertColour(reader.read(file, SQUARE), 1, -1, -1);
    }

    /** The frame lies in the lower right quarter; the rest of the canvas is transparent. */
    @Test
    void shouldLayTheFirstFrame_whereTheAnimationHasIt() throws Exception {
        byte[] still = picture("red.webp", "red");
        byte[] chunks = Arrays.copyOfRange(still, 12, still.length);
        ByteBuffer frame = ByteBuffer.allocate(16 + chunks.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.put(new byte[] {32, 0, 0, 32, 0, 0})
                .put(new byte[] {63, 0, 0, 63, 0, 0})
                .put(new byte[4]);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("WEBP".getBytes(ISO_8859_1));
        body.writeBytes(chunk("VP8X", new byte[] {0x12, 0, 0, 0, 127, 0, 0, 127, 0, 0}));
        body.writeBytes(chunk("ANIM", new byte[6]));
        body.writeBytes(chunk("ANMF", frame.put(chunks).array()));
        Path file = Files.write(directory.resolve("a.webp"), chunk("RIFF", body.toByteArray()));

        Frames frames = reader.read(file, new FrameRequest(false, 1, 24, 128, 128, false));

        assertPixel(frames, 100, 100, 1, -1, -1);
        assertPixel(frames, 30, 30, 1, 1, 1);
        assertPixel(frames, 100, 30, 1, 1, 1);
    }

    /** Left half red under alpha 0, right half red under the given alpha, over a background. */
    @ParameterizedTest
    @CsvSource({
        "a.png, 255, 0xffffff, 1, 1, 1, 1, -1, -1",
        "a.png, 128, 0xffffff, 1, 1, 1, 1, 0, 0",
        "a.webp, 128, 0xffffff, 1, 1, 1, 1, 0, 0",
        "a.webp, 255, 0x0000ff, -1, -1, 1, 1, -1, -1",
        "a.png, 0, 0x00ff00, -1, 1, -1, -1, 1, -1"
    })
    void shouldLayTransparentPicturesOnTheBackground(
            String name, int alpha, int background, float r, float g, float b, float r2, float g2, float b2)
            throws Exception {
        Path file = TestMedia.picture(directory.resolve(name), transparent(alpha, "rgba"));

        Frames frames = reader.read(file, new FrameRequest(false, 1, 24, 32, 32, false, background));

        assertPixel(frames, 4, 16, r, g, b);
        assertPixel(frames, 28, 16, r2, g2, b2);
        // Scaling must not draw hidden colours into what is seen.
        assertPixel(frames, 14, 16, r, g, b);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ya8", "rgba64be", "pal8"})
    void shouldKnowTransparencyInEveryPixelFormat(String pixelFormat) throws Exception {
        String source = pixelFormat.equals("pal8")
                ? transparent(255, "rgba") + ",split[a][b];[a]palettegen=reserve_transparent=1[p];[b][p]paletteuse"
                : transparent(255, pixelFormat);
        Path file = TestMedia.make(directory.resolve("a.png"), source, "-frames:v", "1", "-pix_fmt", pixelFormat);

        assertPixel(reader.read(file, SQUARE), 8, 32, 1, 1, 1);
    }

    private static String transparent(int alpha, String pixelFormat) {
        String hidden = "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(lt(X,32),0," + alpha + ")'";
        return "color=red:size=64x64:rate=1:duration=1," + hidden + ",format=" + pixelFormat;
    }

    /** EXIF's eight orientations of a picture whose upper left quarter is white, the rest black. */
    @ParameterizedTest
    @CsvSource({"1, 0, 0", "2, 1, 0", "3, 1, 1", "4, 0, 1", "5, 0, 0", "6, 1, 0", "7, 1, 1", "8, 0, 1"})
    void shouldTurnPicturesUpright(int orientation, int column, int row) throws Exception {
        byte[] stored = Files.readAllBytes(TestMedia.picture(
                directory.resolve("a.jpg"), "color=black:size=64x64,drawbox=w=32:h=32:color=white:t=fill"));
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(stored, 0, 2);
        file.writeBytes(segment(0xe1, exif(orientation)));
        file.write(stored, 2, stored.length - 2);

        Frames frames = reader.read(Files.write(directory.resolve("b.jpg"), file.toByteArray()), SQUARE);

        for (int x = 0; x < 2; x++) {
            for (int y = 0; y < 2; y++) {
                float expected = x == column && y == row ? 1 : -1;
                assertPixel(frames, 16 + 32 * x, 16 + 32 * y, expected, expected, expected);
            }
        }
    }

    /** Pixels twice as wide as high: stored 64x64, shown 128x64, with a white square in the middle. */
    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.jpg"})
    void shouldMakePixelsSquare(String name) throws Exception {
        Path file = TestMedia.picture(
                directory.resolve(name),
                "color=black:size=64x64,drawbox=x=24:y=16:w=16:h=32:color=white:t=fill,setsar=2");

        Frames cut = reader.read(file, SQUARE);
        Frames padded = reader.read(file, new FrameRequest(false, 1, 24, 64, 64, true));

        assertPixel(cut, 20, 32, 1, 1, 1);
        assertPixel(cut, 44, 32, 1, 1, 1);
        assertPixel(cut, 12, 32, -1, -1, -1);
        assertPixel(padded, 32, 28, 1, 1, 1);
        assertPixel(padded, 32, 20, -1, -1, -1);
        assertPixel(padded, 28, 32, 1, 1, 1);
    }

    @Test
    void shouldReadGreyAndDeepPictures() throws Exception {
        for (String pixelFormat : new String[] {"gray", "gray16be", "rgb48be", "monob"}) {
            Path file = TestMedia.make(
                    directory.resolve("a.png"), "color=white:size=64x64", "-frames:v", "1", "-pix_fmt", pixelFormat);

            assertColour(reader.read(file, SQUARE), 1, 1, 1);
        }
    }

    private byte[] picture(String name, String colour) throws Exception {
        Path file = TestMedia.make(
                directory.resolve(name), "color=" + colour + ":size=64x64", "-frames:v", "1", "-q:v", "2");
        return Files.readAllBytes(file);
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** A segment of JPEG: {@code FF marker length[2] data}. */
    private static byte[] segment(int marker, byte[] data) {
        return ByteBuffer.allocate(4 + data.length)
                .put((byte) 0xff)
                .put((byte) marker)
                .putShort((short) (2 + data.length))
                .put(data)
                .array();
    }

    private static byte[] exif(int orientation) {
        ByteBuffer out = ByteBuffer.allocate(6 + 8 + 2 + 12 + 4);
        out.put("Exif\0\0MM\0*".getBytes(ISO_8859_1)).putInt(8).putShort((short) 1);
        out.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) orientation);
        return out.array();
    }

    private static byte[] chunk(String name, byte[] data) {
        return ByteBuffer.allocate(8 + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(name.getBytes(ISO_8859_1))
                .putInt(data.length)
                .put(data)
                .array();
    }

    private static void assertColour(Frames frames, float red, float green, float blue) {
        assertPixel(frames, 32, 32, red, green, blue);
    }

    private static void assertPixel(Frames frames, int x, int y, float red, float green, float blue) {
        TestMedia.assertPixel(frames, 0, x, y, red, green, blue);
        TestMedia.assertPixel(frames, frames.frames() - 1, x, y, red, green, blue);
    }
}
