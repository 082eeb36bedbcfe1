package dev.galatea.model.bundle;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.galatea.model.bundle.BundleManifest.Latent;
import dev.galatea.model.bundle.BundleManifest.Limits;
import dev.galatea.model.bundle.OnnxAttention.Square;

/**
 * The rule on the memory of a denoiser's attention: for the largest clip that the manifest allows, the scores of one
 * attention, tokens × tokens of all heads, take no more than {@link #MAX_BYTES}. Pebble takes up to 273 MiB; a model
 * for 832×480 pixels and 81 frames would take 48 GiB.
 */
final class AttentionMemory {

    /** A GiB: what a machine that holds the model can be expected to have beside it. */
    static final long MAX_BYTES = 1L << 30;

    private static final double BYTES_PER_GIB = 1L << 30;

    private AttentionMemory() {}

    /** Explains why attentions take too much; empty if they don't. */
    static Optional<String> problem(BundleManifest manifest, List<Square> attentions) {
        double tokens = tokens(manifest);
        return attentions.stream()
                .max(Comparator.comparingDouble(attention -> bytes(attention, tokens)))
                .filter(largest -> bytes(largest, tokens) > MAX_BYTES)
                .map(largest -> explain(manifest.limits(), largest, tokens));
    }

    /** The tokens of the largest clip; a double, because limits may be any numbers. */
    private static double tokens(BundleManifest manifest) {
        Latent latent = manifest.latent();
        double pixelsPerToken = (double) latent.spatialCompression() * latent.patch();
        double rows = Math.floor(manifest.limits().maxHeight() / pixelsPerToken);
        double columns = Math.floor(manifest.limits().maxWidth() / pixelsPerToken);
        return latent.latentFrames(manifest.limits().maxFrames()) * rows * columns;
    }

    private static double bytes(Square attention, double tokens) {
        return attention.heads() * tokens * tokens * attention.elementBytes();
    }

    private static String explain(Limits limits, Square attention, double tokens) {
        return String.format(
                Locale.ROOT,
                "%s '%s' would hold the scores of %.0f × %.0f tokens for %d %s: %.1f GiB for the largest clip"
                        + " (%d×%d, %d frames); valid is up to %.0f GiB: export attention as"
                        + " com.microsoft.MultiHeadAttention without a mask, which does not hold them, or lower"
                        + " limits.maxWidth, limits.maxHeight or limits.maxFrames",
                attention.operator(),
                attention.node(),
                tokens,
                tokens,
                attention.heads(),
                attention.heads() == 1 ? "head or more" : "heads",
                bytes(attention, tokens) / BYTES_PER_GIB,
                limits.maxWidth(),
                limits.maxHeight(),
                limits.maxFrames(),
                MAX_BYTES / BYTES_PER_GIB);
    }
}
