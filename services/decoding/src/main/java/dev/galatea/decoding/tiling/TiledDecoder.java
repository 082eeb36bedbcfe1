package dev.galatea.decoding.tiling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import dev.galatea.clips.frames.FrameSink;
import dev.galatea.model.failure.StageException;

/**
 * Decodes a whole clip in tiles, all of one piece in time before those of the next. Holds the frames of one piece and
 * those that it shares with the piece before it, whatever the clip's length. Of a decoder that carries a state, it
 * holds the states of all tiles in space at once; frames could not come in order else. One thread; use once.
 */
public final class TiledDecoder {

    private static final int COLOURS = 3;

    private final TilePlan plan;
    private final SpatialAssembly assembly;
    private final FrameBuffers buffers;
    /** Frames that a later tile may still change, oldest first; the first one has index {@link #emitted}. */
    private final Deque<float[]> window = new ArrayDeque<>();

    private int emitted;

    /** Prepares the decoding of one clip. */
    public TiledDecoder(LatentDecoder decoder, TilePlan plan, TileGate gate) {
        this.plan = plan;
        this.assembly = new SpatialAssembly(decoder, plan, gate);
        LatentGeometry geometry = plan.geometry();
        this.buffers = new FrameBuffers(Math.multiplyExact(COLOURS * geometry.pixelHeight(), geometry.pixelWidth()));
    }

    /**
     * Decodes.
     *
     * @param latents shape [C, T, H, W], row-major
     */
    public void decode(float[] latents, FrameSink sink)
            throws StageException, DecoderMemoryException, InterruptedException {
        if (latents.length != plan.geometry().elements()) {
            throw new IllegalArgumentException("latents: " + latents.length + " values don't make " + plan.geometry());
        }
        try (assembly) {
            decodeAll(latents, sink);
        }
    }

    private void decodeAll(float[] latents, FrameSink sink)
            throws StageException, DecoderMemoryException, InterruptedException {
        TimeCuts time = plan.time();
        List<Span> tiles = time.spans();
        for (int i = 0; i < tiles.size(); i++) {
            Span frames = time.framesOf(tiles.get(i));
            List<float[]> fresh = new ArrayList<>(frames.length());
            for (int f = 0; f < frames.length(); f++) {
                fresh.add(buffers.take());
            }
            assembly.assemble(latents, tiles.get(i), fresh);
            fadeIntoWindow(fresh);
            boolean last = i == tiles.size() - 1;
            emit(last ? frames.end() : time.framesOf(tiles.get(i + 1)).start(), sink);
        }
    }

    /** Fades the frames that the window still holds, exactly those shared with the tiles before, into the new ones. */
    private void fadeIntoWindow(List<float[]> fresh) {
        int shared = window.size();
        List<float[]> open = List.copyOf(window);
        for (int f = 0; f < fresh.size(); f++) {
            float[] frame = fresh.get(f);
            if (f < shared) {
                Blend.all(frame, 0, open.get(f), 0, frame.length, Axis.ramp(f, shared));
                buffers.give(frame);
            } else {
                window.addLast(frame);
            }
        }
    }

    private void emit(int end, FrameSink sink) throws StageException, InterruptedException {
        while (emitted < end) {
            float[] frame = window.removeFirst();
            sink.accept(emitted, frame);
            emitted++;
            buffers.give(frame);
        }
    }

    /** The most frame buffers that were in use at once; for tests of the memory bound. */
    int peakBuffers() {
        return buffers.peak();
    }

    /** Frame buffers in use now. */
    int liveBuffers() {
        return buffers.live();
    }
}
