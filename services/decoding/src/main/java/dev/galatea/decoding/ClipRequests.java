package dev.galatea.decoding;

import java.util.List;
import java.util.stream.LongStream;

import dev.galatea.clips.video.VideoFormat;
import dev.galatea.decoding.clip.ClipRequest;
import dev.galatea.decoding.config.DecodingConfig;
import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TileSize;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Decoding;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.failure.PoisonException;

/** Makes requests of latents, and checks that they and what is wanted of them fit the bundle. */
public final class ClipRequests {

    private ClipRequests() {}

    /**
     * Makes a request for all that any latents hold, in the bundle's frame rate.
     *
     * @param scale 1, or that of the bundle's upscaler to use
     * @param inChunks true if the bundle's decoder carries a state
     */
    public static ClipRequest of(
            List<Long> shape, BundleManifest manifest, DecodingConfig config, int scale, boolean inChunks)
            throws PoisonException {
        BundleManifest.Latent latent = manifest.latent();
        if (shape.size() != 4 || shape.get(0) != latent.channels()) {
            throw new PoisonException(
                    "latents_shape",
                    "latents.shape: is " + shape + ", which does not fit bundle '" + manifest.name() + "'; valid is ["
                            + latent.channels() + ", T, H, W]");
        }
        int height = Math.toIntExact(shape.get(2)) * latent.spatialCompression() * scale;
        int width = Math.toIntExact(shape.get(3)) * latent.spatialCompression() * scale;
        return of(
                shape,
                new VideoFormat(width, height, manifest.fps(), config.video().quantizer()),
                manifest,
                config,
                inChunks);
    }

    static ClipRequest of(LatentsDenoised event, BundleManifest manifest, DecodingConfig config, boolean inChunks)
            throws PoisonException {
        JobSpec spec = event.spec();
        BundleManifest.Latent latent = manifest.latent();
        List<Long> expected = LongStream.of(latent.shape(spec.frames(), spec.denoisedHeight(), spec.denoisedWidth()))
                .boxed()
                .toList();
        if (!event.latents().shape().equals(expected)) {
            throw new PoisonException(
                    "latents_shape",
                    "latents.shape: " + event.latents().shape() + " is not that of a clip of " + spec.frames()
                            + " frames, "
                            + spec.width() + "x" + spec.height() + " at scale " + spec.scaleOrOne() + ", of bundle '"
                            + manifest.name() + "'; valid is "
                            + expected);
        }
        return of(expected, format(spec, config), manifest, config, inChunks);
    }

    private static ClipRequest of(
            List<Long> shape, VideoFormat format, BundleManifest manifest, DecodingConfig config, boolean inChunks)
            throws PoisonException {
        try {
            return new ClipRequest(
                    geometry(manifest.latent(), shape),
                    tile(manifest.decoding(), config.tile(), inChunks),
                    format,
                    inChunks);
        } catch (IllegalArgumentException e) {
            throw new PoisonException("clip_invalid", e.getMessage(), e);
        }
    }

    private static LatentGeometry geometry(BundleManifest.Latent latent, List<Long> shape) {
        return new LatentGeometry(
                latent.channels(),
                Math.toIntExact(shape.get(1)),
                Math.toIntExact(shape.get(2)),
                Math.toIntExact(shape.get(3)),
                latent.spatialCompression(),
                latent.temporalCompression(),
                latent.causalFirstFrame());
    }

    private static TileSize tile(Decoding decoding, DecodingConfig.Tile limit, boolean inChunks) {
        TileSize size = new TileSize(
                inChunks ? decoding.chunkLatentFrames() : decoding.tileLatentFrames(),
                decoding.tileLatentHeight(),
                decoding.tileLatentWidth(),
                inChunks ? 0 : decoding.overlapLatentFrames(),
                decoding.overlapLatentHeight(),
                decoding.overlapLatentWidth());
        return size.atMost(
                limit.frames().orElse(size.frames()),
                limit.height().orElse(size.height()),
                limit.width().orElse(size.width()));
    }

    private static VideoFormat format(JobSpec spec, DecodingConfig config) {
        return new VideoFormat(
                spec.width(), spec.height(), spec.fps(), config.video().quantizer());
    }
}
