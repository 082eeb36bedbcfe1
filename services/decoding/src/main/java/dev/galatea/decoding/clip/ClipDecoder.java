package dev.galatea.decoding.clip;

import java.nio.file.Path;

import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.clips.ClipFiles;
import dev.galatea.clips.ClipRecorder;
import dev.galatea.clips.frames.FrameSink;
import dev.galatea.clips.upscaling.PictureUpscaler;
import dev.galatea.clips.upscaling.UpscalingSink;
import dev.galatea.clips.video.FfmpegEncoder;
import dev.galatea.clips.video.VideoFormat;
import dev.galatea.decoding.tiling.DecoderMemoryException;
import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TileSize;
import dev.galatea.decoding.tiling.TiledDecoder;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;

/**
 * Decodes latents tile by tile and streams the frames into the encoder. When memory does not suffice it starts over
 * with tiles of half the size, and when the encoder can't take the frames, with a coarser quantizer. Starting over
 * costs time of the few clips that need it; to keep frames for it would cost every clip memory or disk. Thread-safe.
 */
public final class ClipDecoder {

    private static final Logger LOG = Logger.getLogger(ClipDecoder.class);

    private final FfmpegEncoder encoder;

    public ClipDecoder(FfmpegEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Decodes one clip.
     *
     * @param latents shape [C, T, H, W], row-major
     * @param directory where the files go; the caller removes it
     */
    public ClipFiles decode(
            ClipRequest request, float[] latents, ClipModels models, ClipObserver observer, Path directory)
            throws StageException, InterruptedException {
        return decode(request, null, latents, models, observer, directory);
    }

    /**
     * Decodes one clip that may continue another one.
     *
     * @param continued the clip that it continues; null if there is none
     * @param latents shape [C, T, H, W], row-major
     * @param directory where the files go; the caller removes it
     */
    public ClipFiles decode(
            ClipRequest request,
            @Nullable ContinuedClip continued,
            float[] latents,
            ClipModels models,
            ClipObserver observer,
            Path directory)
            throws StageException, InterruptedException {
        ClipRequest next = request;
        while (true) {
            try {
                return attempt(next, continued, latents, models, observer, directory);
            } catch (DecoderMemoryException e) {
                next = withSmallerTile(next, e);
            } catch (RetryableException e) {
                next = withCoarserQuantizer(next, e);
            }
        }
    }

    private static ClipRequest withSmallerTile(ClipRequest request, DecoderMemoryException failure)
            throws RetryableException {
        TileSize tooLarge = request.tile();
        ClipRequest smaller = request.smaller()
                .orElseThrow(() -> new RetryableException(
                        "out_of_memory", "the smallest tile, " + tooLarge + ", does not fit into memory", failure));
        LOG.warnf(
                "tile does not fit, halving it tile=%s next=%s cause=%s",
                tooLarge, smaller.tile(), failure.getMessage());
        return smaller;
    }

    /** Throws the failure if a coarser quantizer would not help. */
    private static ClipRequest withCoarserQuantizer(ClipRequest request, RetryableException failure)
            throws RetryableException {
        VideoFormat format = request.format().coarserAfter(failure);
        LOG.warnf(
                "frames have too much detail, decoding them again for a coarser quantizer quantizer=%d next=%d"
                        + " wanted=%d cause=%s",
                request.format().quantizer(), format.quantizer(), format.wantedQuantizer(), failure.getMessage());
        return request.withFormat(format);
    }

    private ClipFiles attempt(
            ClipRequest request,
            @Nullable ContinuedClip continued,
            float[] latents,
            ClipModels models,
            ClipObserver observer,
            Path directory)
            throws StageException, DecoderMemoryException, InterruptedException {
        int frames = request.geometry().clipFrames() + (continued == null ? 0 : continued.before());
        try (ClipRecorder recorder = new ClipRecorder(encoder, request.format(), frames, observer, directory)) {
            TiledDecoder tiles = new TiledDecoder(models.decoder(), request.plan(), observer);
            if (continued == null) {
                tiles.decode(latents, upscaled(models, request, recorder));
            } else {
                try (Continuation all =
                        new Continuation(continued, request.format().frameBytes(), recorder)) {
                    tiles.decode(latents, upscaled(models, request, all));
                }
            }
            return recorder.finish();
        } catch (OutOfMemoryError e) {
            throw new DecoderMemoryException("the heap has no room for the frames of a tile", e);
        }
    }

    /** The sink of frames as they are decoded. */
    private static FrameSink upscaled(ClipModels models, ClipRequest request, FrameSink sink) {
        PictureUpscaler upscaler = models.upscaler();
        LatentGeometry geometry = request.geometry();
        return upscaler == null
                ? sink
                : new UpscalingSink(upscaler, geometry.pixelHeight(), geometry.pixelWidth(), sink);
    }
}
