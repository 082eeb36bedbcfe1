package dev.galatea.decoding.clip;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

import dev.galatea.clips.frames.FrameSink;
import dev.galatea.clips.frames.Rgb24;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;

/**
 * Puts the continued clip's frames before the decoded ones. Shared frames that the denoiser generated itself are faded
 * from the old frame into the new one: the new one differs a little, in tint above all, and a jump would be seen. Where
 * it differs by more, something has moved, and a fade would show it in both places; so only {@link #TINT} of a
 * difference fades. Not thread-safe.
 */
final class Continuation implements FrameSink, AutoCloseable {

    /** The greatest difference that fades, of values in [-1, 1]: 48 of 255. */
    private static final float TINT = 96 / 255f;

    private final ContinuedClip continued;
    private final FrameSink sink;
    private final InputStream source;
    private final byte[] rgb;
    private final float[] frame;

    /**
     * @param frameBytes of one frame
     * @param sink takes all frames
     */
    Continuation(ContinuedClip continued, int frameBytes, FrameSink sink) throws RetryableException {
        this.continued = continued;
        this.sink = sink;
        this.rgb = new byte[frameBytes];
        this.frame = new float[frameBytes];
        try {
            this.source = new BufferedInputStream(Files.newInputStream(continued.file()));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void accept(int index, float[] decoded) throws StageException, InterruptedException {
        if (index == 0) {
            for (int i = 0; i < continued.before(); i++) {
                next();
                sink.accept(i, frame);
            }
        }
        int at = continued.before() + index;
        if (index >= continued.shared()) {
            sink.accept(at, decoded);
            return;
        }
        next();
        float shown = continued.shown(index);
        if (shown > 0) {
            for (int i = 0; i < frame.length; i++) {
                float tint = Math.max(-TINT, Math.min(TINT, frame[i] - decoded[i]));
                frame[i] = decoded[i] + tint * (1 - shown);
            }
        }
        sink.accept(at, frame);
    }

    /** Reads a frame, planar and in [-1, 1]. */
    private void next() throws RetryableException {
        try {
            if (source.readNBytes(rgb, 0, rgb.length) < rgb.length) {
                throw new IOException("the file ends within a frame");
            }
        } catch (IOException e) {
            throw failed(e);
        }
        Rgb24.toPlanar(rgb, frame);
    }

    @Override
    public void close() throws RetryableException {
        try {
            source.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private RetryableException failed(IOException e) {
        return new RetryableException("disk_failed", continued.file() + " can't be read: " + e.getMessage(), e);
    }
}
