package dev.galatea.model.bundle;

/**
 * The rule by which a step of the sampler goes on with the last prediction instead of running the denoiser, as in
 * TeaCache (Liu et al., 2024): a small graph, the probe, says how far what enters the denoiser's first block has
 * changed since the denoiser ran.
 *
 * @param threshold the denoiser runs again from this change on: the sum of the probe's absolute differences, divided by
 *     the sum of its absolute values when the denoiser ran
 * @param highest the highest noise level, as a part of {@code trainTimesteps}, at which a step may go without; 1 unless
 *     the manifest says so. Where there is much noise, predictions can change much while the probe hardly does.
 */
public record StepCaching(double threshold, Double highest) {

    /** The role of the probe's file. */
    public static final String PROBE_ROLE = "probe";

    public StepCaching {
        highest = highest == null ? Double.valueOf(1) : highest;
    }
}
