package dev.galatea.denoising.diffusion;

/**
 * How much noise is left at each step: sigma falls from 1 (noise alone) to 0 (none). Immutable.
 *
 * <p>Agrees with {@code FlowMatchEulerDiscreteScheduler.set_timesteps(sigmas=linspace(1, 1/steps, steps))} of diffusers,
 * which is how its video pipelines call it.
 */
public final class NoiseSchedule {

    private final float[] sigmas;
    private final int trainTimesteps;

    private NoiseSchedule(float[] sigmas, int trainTimesteps) {
        this.sigmas = sigmas;
        this.trainTimesteps = trainTimesteps;
    }

    /**
     * Even steps, moved by {@code shift} towards the noisy or the clean end.
     *
     * @param trainTimesteps what a sigma of 1 is as a timestep
     */
    public static NoiseSchedule flowMatching(int steps, SigmaShift shift, int trainTimesteps) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps: must be 1 or more, was " + steps);
        }
        float[] sigmas = new float[steps + 1];
        double last = 1.0 / steps;
        double gap = steps == 1 ? 0 : (last - 1) / (steps - 1);
        for (int i = 0; i < steps; i++) {
            float even = (float) (i == steps - 1 ? last : 1 + i * gap);
            sigmas[i] = shift.apply(even);
        }
        return new NoiseSchedule(sigmas, trainTimesteps);
    }

    /** The number of steps. */
    public int steps() {
        return sigmas.length - 1;
    }

    /** The noise level before step {@code index} from 0; at {@link #steps()} it is 0. */
    public float sigma(int index) {
        return sigmas[index];
    }

    /** What the denoiser is told at step {@code index} from 0. */
    public float timestep(int index) {
        return sigmas[index] * trainTimesteps;
    }
}
