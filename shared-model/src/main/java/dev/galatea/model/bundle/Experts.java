package dev.galatea.model.bundle;

/**
 * Two denoisers, of which the role {@code denoiser} goes first, at high noise, and {@link #LOW_NOISE_ROLE} on from
 * there.
 *
 * @param boundary the lowest noise level, as a part of {@code trainTimesteps}, at which the first one predicts
 * @param lowNoiseGuidance the guidance scale of the second; the job's own is that of the first
 */
public record Experts(double boundary, double lowNoiseGuidance) {

    /** The role of the second denoiser's file. */
    public static final String LOW_NOISE_ROLE = "denoiserLowNoise";
}
