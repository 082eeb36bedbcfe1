package dev.galatea.clips;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.galatea.clips.frames.FrameSink;
import dev.galatea.clips.frames.Rgb24;
import dev.galatea.clips.video.ClipWriter;
import dev.galatea.clips.video.FfmpegEncoder;
import dev.galatea.clips.video.Jpeg;
import dev.galatea.clips.video.SpriteGrid;
import dev.galatea.clips.video.SpriteSheet;
import dev.galatea.clips.video.VideoFormat;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;

/**
 * Converts finished frames and hands them to the encoder; keeps the middle one as the thumbnail, and small pictures of
 * some as the sprite sheet. Closed before it is {@link #finish finished}, it leaves nothing. One thread.
 */
public final class ClipRecorder implements FrameSink, AutoCloseable {

    /** A clip reports about this often. */
    private static final int REPORTS = 8;

    private final ClipWriter writer;
    private final Path directory;
    private final Path video;
    private final VideoFormat format;
    private final int frames;
    private final ClipProgress progress;
    private final byte[] rgb;
    private final SpriteGrid grid;
    private final SpriteSheet sprites;
    private byte[] thumbnail = new byte[0];

    /**
     * Starts the encoder.
     *
     * @param frames number of frames that will come
     * @param directory where the files go; the caller removes it
     */
    public ClipRecorder(FfmpegEncoder encoder, VideoFormat format, int frames, ClipProgress progress, Path directory)
            throws RetryableException {
        this.directory = directory;
        this.video = directory.resolve("clip.mp4");
        this.format = format;
        this.frames = frames;
        this.progress = progress;
        this.rgb = new byte[format.frameBytes()];
        this.grid = SpriteGrid.of(format, frames);
        this.sprites = new SpriteSheet(format, grid);
        this.writer = encoder.open(format, video); // last: nobody would close it if something else failed
    }

    @Override
    public void accept(int index, float[] frame) throws StageException, InterruptedException {
        if (!Rgb24.convert(frame, rgb)) {
            // Made again, they would be the same.
            throw new PoisonException("frames_not_finite", "frame " + index + " has values that are not finite");
        }
        writer.write(rgb);
        sprites.accept(index, rgb);
        if (index == frames / 2) {
            thumbnail = Jpeg.write(rgb, format.width(), format.height());
        }
        int done = index + 1;
        int chunk = Math.max(1, frames / REPORTS);
        if (done % chunk == 0 || done == frames) {
            progress.framesDone(done, frames);
        }
    }

    /** Returns the files, once all frames have passed. */
    public ClipFiles finish() throws RetryableException, InterruptedException {
        writer.finish();
        return new ClipFiles(
                video,
                write("thumbnail.jpg", thumbnail),
                write("spritesheet.jpg", sprites.jpeg()),
                grid,
                format.width(),
                format.height(),
                frames,
                format.fps());
    }

    @Override
    public void close() {
        writer.close();
    }

    private Path write(String name, byte[] bytes) throws RetryableException {
        Path file = directory.resolve(name);
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new RetryableException("disk_failed", file + " can't be written: " + e.getMessage(), e);
        }
    }
}
