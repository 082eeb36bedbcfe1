package dev.galatea.decoding.clip;

import dev.galatea.decoding.tiling.FrameSink;
import dev.galatea.decoding.video.ClipWriter;
import dev.galatea.decoding.video.Jpeg;
import dev.galatea.decoding.video.Rgb24;
import dev.galatea.decoding.video.SpriteGrid;
import dev.galatea.decoding.video.SpriteSheet;
import dev.galatea.decoding.video.VideoFormat;
import dev.galatea.model.failure.StageException;

/**
 * Converts finished frames and hands them to the encoder; keeps the middle one as the thumbnail, and small pictures of
 * some as the sprite sheet. One thread.
 */
final class FrameEncoder implements FrameSink {

    /** A clip reports about this often. */
    private static final int REPORTS = 8;

    private final ClipWriter writer;
    private final VideoFormat format;
    private final int frames;
    private final ClipObserver observer;
    private final byte[] rgb;
    private final SpriteGrid grid;
    private final SpriteSheet sprites;
    private byte[] thumbnail = new byte[0];

    FrameEncoder(ClipWriter writer, VideoFormat format, int frames, ClipObserver observer) {
        this.writer = writer;
        this.format = format;
        this.frames = frames;
        this.observer = observer;
        this.rgb = new byte[format.frameBytes()];
        this.grid = SpriteGrid.of(format, frames);
        this.sprites = new SpriteSheet(format, grid);
    }

    @Override
    public void accept(int index, float[] frame) throws StageException, InterruptedException {
        if (!Rgb24.convert(frame, rgb)) {
            throw ClipDecoder.notFinite(index);
        }
        writer.write(rgb);
        sprites.accept(index, rgb);
        if (index == frames / 2) {
            thumbnail = Jpeg.write(rgb, format.width(), format.height());
        }
        int done = index + 1;
        int chunk = Math.max(1, frames / REPORTS);
        if (done % chunk == 0 || done == frames) {
            observer.framesDone(done, frames);
        }
    }

    /** The middle frame as JPEG, once it has passed. */
    byte[] thumbnail() {
        return thumbnail;
    }

    /** The sprite sheet as JPEG, once all frames have passed. */
    byte[] spritesheet() {
        return sprites.jpeg();
    }

    /** Returns the places of the pictures on the sprite sheet. */
    SpriteGrid grid() {
        return grid;
    }
}
