package dev.galatea.decoding.tiling;

import java.util.ArrayList;
import java.util.List;

/** The way in which a clip is cut in time. Immutable. */
sealed interface TimeCuts {

    /** Spans of latent frames in ascending order, which together cover the clip. */
    List<Span> spans();

    /** Frames of the clip that a span gives. */
    Span framesOf(Span latentFrames);

    /** Frames to drop at the start of what a span is decoded to. */
    int contextFrames(Span latentFrames);

    /** The most frames that any span gives. */
    default int mostFrames() {
        return spans().stream().mapToInt(span -> framesOf(span).length()).max().orElseThrow();
    }

    /**
     * Pieces that are decoded each by itself, overlap, and are blended.
     *
     * <p>With a causal first frame, the first latent frame of a piece that starts later is context only: it is decoded
     * to one frame, which is dropped, and the next latent frame is the first that counts. So such pieces share at least
     * one latent frame.
     */
    record Overlapping(LatentGeometry geometry, List<Span> spans) implements TimeCuts {

        static Overlapping of(LatentGeometry geometry, TileSize size) {
            boolean causal = geometry.causalFirstFrame();
            int frames = causal ? Math.max(2, size.frames()) : size.frames();
            int overlap = causal ? Math.max(1, size.overlapFrames()) : size.overlapFrames();
            return new Overlapping(geometry, Axis.split(geometry.frames(), frames, overlap));
        }

        @Override
        public int contextFrames(Span latentFrames) {
            return geometry.causalFirstFrame() && latentFrames.start() > 0 ? 1 : 0;
        }

        @Override
        public Span framesOf(Span latentFrames) {
            int first = latentFrames.start() == 0
                    ? 0
                    : geometry.framesOf(latentFrames.start() + contextFrames(latentFrames));
            return new Span(first, geometry.framesOf(latentFrames.end()));
        }
    }

    /** Chunks that follow on each other, between which the decoder carries a state. */
    record Chunks(LatentGeometry geometry, List<Span> spans) implements TimeCuts {

        static Chunks of(LatentGeometry geometry, int chunk) {
            List<Span> spans = new ArrayList<>();
            for (int start = 0; start < geometry.frames(); start += chunk) {
                spans.add(new Span(start, Math.min(geometry.frames(), start + chunk)));
            }
            return new Chunks(geometry, spans);
        }

        @Override
        public int contextFrames(Span latentFrames) {
            return geometry.causalFirstFrame() && latentFrames.start() == 0 ? geometry.temporalCompression() - 1 : 0;
        }

        @Override
        public Span framesOf(Span latentFrames) {
            int first = latentFrames.start() == 0 ? 0 : geometry.framesOf(latentFrames.start());
            return new Span(first, geometry.framesOf(latentFrames.end()));
        }
    }
}
