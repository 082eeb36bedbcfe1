package dev.galatea.denoising.diffusion;

import java.util.List;

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
        return flow(moved(even(steps, 1.0 / steps), shift), trainTimesteps);
    }

    /**
     * Even steps of a flow, from noise alone down to {@code last}, moved by {@code shift}.
     *
     * <p>Agrees with {@code FlowMatchEulerDiscreteScheduler.set_timesteps(steps)} of diffusers, which makes the steps
     * itself and ends at its lowest noise level.
     *
     * @param last the noise level before the last step, before the shift; of a single step it is 1
     */
    public static NoiseSchedule flowMatchingTo(double last, int steps, SigmaShift shift, int trainTimesteps) {
        return flow(moved(even(steps, last), shift), trainTimesteps);
    }

    /**
     * Even steps as of {@link #flowMatching(int, SigmaShift, int)}, stretched so that the last step begins at
     * {@code terminal}: what diffusers does by {@code shift_terminal}. A single step begins at noise alone.
     *
     * @param terminal above 0 and below 1
     */
    public static NoiseSchedule flowMatching(int steps, SigmaShift shift, double terminal, int trainTimesteps) {
        float[] sigmas = moved(even(steps, 1.0 / steps), shift);
        float scale = (1 - sigmas[steps - 1]) / (float) (1 - terminal);
        for (int i = 0; i < steps && scale > 0; i++) {
            sigmas[i] = 1 - (1 - sigmas[i]) / scale;
        }
        return flow(sigmas, trainTimesteps);
    }

    /**
     * The steps of a list, moved by {@code shift}: what diffusers does by {@code set_timesteps(sigmas=…)}.
     *
     * @param sigmas falling, without the 0 at the end
     */
    public static NoiseSchedule flowMatching(List<Double> sigmas, SigmaShift shift, int trainTimesteps) {
        float[] listed = new float[sigmas.size()];
        for (int i = 0; i < listed.length; i++) {
            listed[i] = sigmas.get(i).floatValue();
        }
        return flow(moved(listed, shift), trainTimesteps);
    }

    /**
     * A schedule of any process.
     *
     * @param levels those before each step, and the one after the last
     */
    static NoiseSchedule of(List<NoiseLevel> levels, float[] timesteps) {
        requireSteps(timesteps.length);
        return new NoiseSchedule(levels.toArray(NoiseLevel[]::new), timesteps.clone());
    }

    private static float[] even(int steps, double last) {
        requireSteps(steps);
        float[] sigmas = new float[steps];
        double gap = steps == 1 ? 0 : (last - 1) / (steps - 1);
        for (int i = 0; i < steps; i++) {
            sigmas[i] = (float) (i > 0 && i == steps - 1 ? last : 1 + i * gap);
        }
        return sigmas;
    }

    private static float[] moved(float[] sigmas, SigmaShift shift) {
        float[] moved = new float[sigmas.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = shift.apply(sigmas[i]);
        }
        return moved;
    }

    private static NoiseSchedule flow(float[] sigmas, int trainTimesteps) {
        NoiseLevel[] levels = new NoiseLevel[sigmas.length + 1];
        float[] timesteps = new float[sigmas.length];
        for (int i = 0; i < sigmas.length; i++) {
            levels[i] = NoiseLevel.flow(sigmas[i]);
            timesteps[i] = sigmas[i] * trainTimesteps;
        }
        levels[sigmas.length] = NoiseLevel.flow(0);
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
