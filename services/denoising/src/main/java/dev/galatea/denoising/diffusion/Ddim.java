package dev.galatea.denoising.diffusion;

import java.util.ArrayList;
import java.util.List;

import dev.galatea.model.bundle.BetaSchedule;
import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.bundle.SchedulerConfig;
import dev.galatea.model.tensor.Tensor;

/**
 * DDIM of Song et al., 2021, without added noise. Agrees with diffusers' {@code CogVideoXDDIMScheduler}: a step goes to
 * the level that lies a whole number of training timesteps below its own. Where the number of steps does not divide
 * theirs, that is not quite the level that the next step takes it for, and a little noise may be left at the end.
 *
 * @param targets the level that each step goes to
 */
record Ddim(NoiseSchedule schedule, List<NoiseLevel> targets, Prediction prediction) implements Scheduler {

    private static final NoiseLevel CLEAN = new NoiseLevel(1, 0);

    static Ddim of(SchedulerConfig.Ddim config, int steps, Prediction prediction) {
        int whole = config.trainTimesteps();
        if (steps < 1 || steps > whole) {
            throw new IllegalArgumentException("spec.steps: is " + steps + "; valid are 1 to " + whole
                    + " (scheduler.trainTimesteps) for scheduler " + config.name());
        }
        NoiseLevel[] trained = trained(config);
        List<NoiseLevel> levels = new ArrayList<>();
        List<NoiseLevel> targets = new ArrayList<>();
        float[] timesteps = new float[steps];
        for (int i = 0; i < steps; i++) {
            int timestep = timestep(config, steps, i);
            int target = timestep - whole / steps;
            timesteps[i] = timestep;
            levels.add(trained[timestep]);
            targets.add(target >= 0 ? trained[target] : CLEAN);
        }
        levels.add(CLEAN);
        return new Ddim(NoiseSchedule.of(levels, timesteps), List.copyOf(targets), prediction);
    }

    @Override
    public SolverState step(SolverState state, Tensor predicted) {
        NoiseLevel level = schedule.level(state.step());
        NoiseLevel target = targets.get(state.step());
        double kept = (double) target.sigma() / level.sigma();
        double added = target.alpha() - level.alpha() * kept;
        return state.next(Arithmetic.sum(kept, state.latents(), added, estimate(state, predicted)));
    }

    /** By the latents themselves, because their level is not always that of the schedule. */
    @Override
    public Tensor truePrediction(SolverState state, Tensor clean, Tensor noise) {
        return Predictions.forClean(prediction, state.latents(), clean, schedule.level(state.step()));
    }

    private static int timestep(SchedulerConfig.Ddim config, int steps, int index) {
        int whole = config.trainTimesteps();
        return switch (config.timestepSpacing()) {
            case TRAILING -> (int) Math.rint(whole - index * ((double) whole / steps)) - 1;
            case LEADING -> (steps - 1 - index) * (whole / steps);
            case LINSPACE -> steps == 1 ? 0 : (int) Math.rint((steps - 1 - index) * ((whole - 1.0) / (steps - 1)));
        };
    }

    /** The noise level at each training timestep. */
    private static NoiseLevel[] trained(SchedulerConfig.Ddim config) {
        double[] signals = signals(config);
        if (config.rescaleZeroSnr()) {
            double first = signals[0];
            double last = signals[signals.length - 1];
            for (int i = 0; i < signals.length; i++) {
                signals[i] = (signals[i] - last) * (first / (first - last));
            }
        }
        NoiseLevel[] levels = new NoiseLevel[signals.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = new NoiseLevel((float) signals[i], (float) Math.sqrt(1 - signals[i] * signals[i]));
        }
        return levels;
    }

    /** The part of the clip at each training timestep. */
    private static double[] signals(SchedulerConfig.Ddim config) {
        double[] signals = new double[config.trainTimesteps()];
        double shift = config.snrShift();
        double product = 1;
        for (int i = 0; i < signals.length; i++) {
            product *= 1 - beta(config, (double) i / (signals.length - 1));
            signals[i] = Math.sqrt(product / (shift + (1 - shift) * product));
        }
        return signals;
    }

    /** The part of the variance that a training timestep adds; {@code place} runs from 0 to 1. */
    private static double beta(SchedulerConfig.Ddim config, double place) {
        boolean roots = config.betaSchedule() == BetaSchedule.SCALED_LINEAR;
        double start = roots ? Math.sqrt(config.betaStart()) : config.betaStart();
        double end = roots ? Math.sqrt(config.betaEnd()) : config.betaEnd();
        double value = start + place * (end - start);
        return roots ? value * value : value;
    }
}
