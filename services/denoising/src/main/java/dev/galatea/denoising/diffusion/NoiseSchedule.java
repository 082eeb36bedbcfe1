package dev.galatea.denoising.diffusion;

/**
 * The noise levels before the steps of a run, and the timesteps that the denoiser is told; after the last step there is
 * no noise left. Immutable.
 */
public final class NoiseSchedule {

    /** The part of the clip that UniPC assumes in noise alone. */
    private static final double BELOW_NOISE = 1e-6;

    private final NoiseLevel[] levels;
    private final float[] timesteps;

    private NoiseSchedule(NoiseLevel[] levels, float[] timesteps) {
        this.levels = levels;
        this.timesteps = timesteps;
    }

    /**
     * Even steps of a flow, from noise alone, moved by {@code shift} towards the noisy or the clean end.
     *
     * <p>Agrees with {@code FlowMatchEulerDiscreteScheduler.set_timesteps(sigmas=linspace(1, 1/steps, steps))} of
     * diffusers, which is how its video pipelines call it.
     *
     * @param trainTimesteps the timestep of a sigma of 1
     */
    public static NoiseSchedule flowMatching(int steps, SigmaShift shift, int trainTimesteps) {
        requireSteps(steps);
        NoiseLevel[] levels = new NoiseLevel[steps + 1];
        float[] timesteps = new float[steps];
        double last = 1.0 / steps;
        double gap = steps == 1 ? 0 : (last - 1) / (steps - 1);
        for (int i = 0; i < steps; i++) {
            float even = (float) (i == steps - 1 ? last : 1 + i * gap);
            levels[i] = NoiseLevel.flow(shift.apply(even));
            timesteps[i] = levels[i].sigma() * trainTimesteps;
        }
        levels[steps] = NoiseLevel.flow(0);
        return new NoiseSchedule(levels, timesteps);
    }

    /**
     * Even steps of a flow, from one training timestep below noise alone, for solvers that measure steps in logarithms;
     * the denoiser is told whole timesteps.
     *
     * <p>Agrees with {@code set_timesteps} of diffusers' {@code DPMSolverMultistepScheduler} and its kin with
     * {@code use_flow_sigmas=True, flow_shift=shift}.
     *
     * @param trainTimesteps the timestep of a sigma of 1
     */
    public static NoiseSchedule flowSolver(int steps, double shift, int trainTimesteps) {
        requireSteps(steps);
        NoiseLevel[] levels = new NoiseLevel[steps + 1];
        float[] timesteps = new float[steps];
        double gap = (1.0 - 1.0 / trainTimesteps) / steps;
        for (int i = 0; i < steps; i++) {
            double even = (steps - i) * gap;
            double sigma = shift * even / (1 + (shift - 1) * even);
            levels[i] = NoiseLevel.flow((float) sigma);
            timesteps[i] = (float) Math.floor(sigma * trainTimesteps);
        }
        levels[steps] = NoiseLevel.flow(0);
        return new NoiseSchedule(levels, timesteps);
    }

    /**
     * Even steps of a flow, from just below noise alone, so that logarithms stay finite; the denoiser is told whole
     * timesteps, cut and not rounded.
     *
     * <p>Agrees with {@code set_timesteps} of diffusers' {@code UniPCMultistepScheduler} with
     * {@code use_flow_sigmas=True, flow_shift=shift}.
     *
     * @param trainTimesteps the timestep of a sigma of 1
     */
    public static NoiseSchedule uniPc(int steps, double shift, int trainTimesteps) {
        requireSteps(steps);
        NoiseLevel[] levels = new NoiseLevel[steps + 1];
        float[] timesteps = new float[steps];
        double gap = (1.0 / trainTimesteps - 1) / steps;
        for (int i = 0; i < steps; i++) {
            double even = 1 + i * gap;
            double sigma = shift * even / (1 + (shift - 1) * even);
            if (i == 0) {
                sigma -= BELOW_NOISE;
            }
            levels[i] = NoiseLevel.flow((float) sigma);
            timesteps[i] = (float) Math.floor(sigma * trainTimesteps);
        }
        levels[steps] = NoiseLevel.flow(0);
        return new NoiseSchedule(levels, timesteps);
    }

    /** The number of steps. */
    public int steps() {
        return timesteps.length;
    }

    /** The noise level before step {@code index} from 0; at {@link #steps()} that of the clip. */
    public NoiseLevel level(int index) {
        return levels[index];
    }

    /** The part of noise before step {@code index} from 0; at {@link #steps()} it is 0. */
    public float sigma(int index) {
        return levels[index].sigma();
    }

    /** The timestep that the denoiser is told before step {@code index} from 0. */
    public float timestep(int index) {
        return timesteps[index];
    }

    private static void requireSteps(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps: must be 1 or more, was " + steps);
        }
    }
}
