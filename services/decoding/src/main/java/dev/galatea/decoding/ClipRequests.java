package dev.galatea.decoding;

import java.util.List;
import java.util.stream.LongStream;

import dev.galatea.decoding.clip.ClipRequest;
import dev.galatea.decoding.config.DecodingConfig;
import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TileSize;
import dev.galatea.decoding.video.VideoFormat;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.plumbing.failure.PoisonException;

/** Makes requests of events, and checks that spec, bundle and latents fit together. */
final class ClipRequests {

    private ClipRequests() {}

    static ClipRequest of(LatentsDenoised event, BundleManifest manifest, DecodingConfig config)
            throws PoisonException {
        JobSpec spec = event.spec();
        BundleManifest.Latent latent = manifest.latent();
        List<Long> expected = LongStream.of(latent.shape(spec.frames(), spec.height(), spec.width()))
                .boxed()
                .toList();
        if (!event.latents().shape().equals(expected)) {
            throw new PoisonException(
                    "latents_shape",
                    "latents.shape: " + event.latents().shape() + " is not that of a clip of " + spec.frames()
                            + " frames, "
                            + spec.width() + "x" + spec.height() + ", of bundle '" + manifest.name() + "'; valid is "
                            + expected);
        }
        try {
            return new ClipRequest(
                    geometry(latent, expected), tile(manifest.decoding(), config.tile()), format(spec, config));
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

    private static TileSize tile(BundleManifest.Decoding decoding, DecodingConfig.Tile limit) {
        TileSize size = new TileSize(
                decoding.tileLatentFrames(),
                decoding.tileLatentHeight(),
                decoding.tileLatentWidth(),
                decoding.overlapLatentFrames(),
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
