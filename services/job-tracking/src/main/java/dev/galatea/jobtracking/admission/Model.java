package dev.galatea.jobtracking.admission;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.id.Sha256;

/**
 * A model that jobs may name.
 *
 * @param digest of the manifest's bytes, which pins every file of the model
 */
public record Model(BundleManifest manifest, Sha256 digest) {

    /** The name that prompts use. */
    public String name() {
        return manifest.name();
    }

    SizeLimits sizes() {
        return SizeLimits.of(manifest.limits());
    }

    /** The lengths that the decoder's temporal compression can make. */
    Grid frames() {
        BundleManifest.Latent latent = manifest.latent();
        int first = latent.causalFirstFrame() ? 1 : 0;
        return new Grid(
                Math.max(1, manifest.limits().minFrames()),
                manifest.limits().maxFrames(),
                first,
                latent.temporalCompression());
    }

    /** Valid widths and heights. */
    record SizeLimits(Grid widths, Grid heights) {

        static SizeLimits of(BundleManifest.Limits limits) {
            return new SizeLimits(
                    new Grid(limits.minWidth(), limits.maxWidth(), 0, limits.sizeMultiple()),
                    new Grid(limits.minHeight(), limits.maxHeight(), 0, limits.sizeMultiple()));
        }
    }
}
