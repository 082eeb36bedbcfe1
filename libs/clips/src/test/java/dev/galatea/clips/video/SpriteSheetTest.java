package dev.galatea.clips.video;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SpriteSheetTest {

    @Test
    void shouldSpreadThePicturesFromTheFirstFrameToTheLast() {
        SpriteGrid grid = SpriteGrid.of(new VideoFormat(832, 480, 16, 20), 81);
        assertThat(grid).isEqualTo(new SpriteGrid(81, 160, 92, 16));
        assertThat(grid.columns()).isEqualTo(4);
        assertThat(grid.rows()).isEqualTo(4);
        assertThat(IntStream.range(0, 16).map(grid::frameOf))
                .containsExactly(0, 5, 10, 16, 21, 26, 32, 37, 42, 48, 53, 58, 64, 69, 74, 80);
    }

    @Test
    void shouldBeNoLargerThanTheClip() {
        assertThat(SpriteGrid.of(new VideoFormat(64, 96, 8, 20), 1)).isEqualTo(new SpriteGrid(1, 64, 96, 1));
        SpriteGrid five = SpriteGrid.of(new VideoFormat(64, 96, 8, 20), 5);
        assertThat(five.columns()).isEqualTo(4);
        assertThat(five.rows()).isEqualTo(2);
        assertThat(IntStream.range(0, 5).map(five::frameOf)).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void shouldShowEachPictureInItsPlace() throws Exception {
        VideoFormat format = new VideoFormat(320, 160, 8, 20);
        SpriteGrid grid = SpriteGrid.of(format, 21);
        SpriteSheet sheet = new SpriteSheet(format, grid);
        byte[] frame = new byte[format.frameBytes()];
        for (int index = 0; index < 21; index++) {
            Arrays.fill(frame, (byte) (10 * index));
            sheet.accept(index, frame);
        }
        byte[] jpeg = sheet.jpeg();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
        assertThat(image.getWidth()).isEqualTo(4 * 160);
        assertThat(image.getHeight()).isEqualTo(4 * 80);
        for (int picture = 0; picture < 16; picture++) {
            int grey = image.getRGB(picture % 4 * 160 + 80, picture / 4 * 80 + 40) & 0xff;
            assertThat(grey).as("picture %d", picture).isCloseTo(10 * grid.frameOf(picture), within(4));
        }
        assertThat(sheet.jpeg()).isEqualTo(jpeg);
    }

    @Test
    void shouldTakeTheMeanOfWhatItLeavesOut() throws Exception {
        VideoFormat format = new VideoFormat(320, 320, 8, 20);
        SpriteSheet sheet = new SpriteSheet(format, SpriteGrid.of(format, 1));
        byte[] stripes = new byte[format.frameBytes()];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = (byte) (i / 3 % 2 == 0 ? 0 : 200);
        }
        sheet.accept(0, stripes);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(sheet.jpeg()));
        assertThat(image.getRGB(80, 80) & 0xff).isCloseTo(100, within(4));
    }
}
