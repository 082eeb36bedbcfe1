package dev.galatea.decoding.clip;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

import dev.galatea.decoding.tiling.FrameSink;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;

/**
 * Puts what is continued before the frames that are decoded. Those that the denoiser made, although they were there, fade
 * from one into the other: what it makes differs a little from what it was told, in tint above all, and that shall not come
 * from one frame to the next. Where it differs by more, something has moved to another place, and a fade would show it in
 * both; so only {@link #TINT} of a difference fades. One thread.
 */
final class Continuation implements FrameSink, AutoCloseable {

    private static final int COLOURS = 3;

    /** How much of a difference fades, of values in [-1, 1]: 48 of 255. */
    private static final float TINT = 96 / 255f;

    private final Beginning beginning;
    private final FrameSink sink;
    private final InputStream source;
    private final byte[] rgb;
    private final float[] frame;

    /**
     * @param frameBytes of one frame
     * @param sink takes all frames
     */
    Continuation(Beginning beginning, int frameBytes, FrameSink sink) throws RetryableException {
        this.beginning = beginning;
        this.sink = sink;
        this.rgb = new byte[frameBytes];
        this.frame = new float[frameBytes];
        try {
            this.source = new BufferedInputStream(Files.newInputStream(beginning.file()));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void accept(int index, float[] decoded) throws StageException, InterruptedException {
        if (index == 0) {
            for (int i = 0; i < beginning.before(); i++) {
                next();
                sink.accept(i, frame);
            }
        }
        int at = beginning.before() + index;
        if (index >= beginning.shared()) {
            sink.accept(at, decoded);
            return;
        }
        next();
        float shown = beginning.shown(index);
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
                throw new IOException("it ends too early");
            }
        } catch (IOException e) {
            throw failed(e);
        }
        int pixels = rgb.length / COLOURS;
        for (int i = 0; i < pixels; i++) {
            for (int c = 0; c < COLOURS; c++) {
                frame[c * pixels + i] = (rgb[COLOURS * i + c] & 0xff) / 127.5f - 1;
            }
        }
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
        return new RetryableException("disk_failed", beginning.file() + " can't be read: " + e.getMessage(), e);
    }
}
