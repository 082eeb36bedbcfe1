package dev.galatea.denoising.diffusion;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.bundle.SchedulerConfig;

/** Makes schedulers as manifests describe them: the one place that knows the class of each. */
public final class Schedulers {

    private Schedulers() {}

    /**
     * Makes the scheduler of one job.
     *
     * @param name one of the manifest's, as the job says it
     * @param latentShape [C, T, H, W]
     * @param seed of the noise that some schedulers add
     * @throws IllegalArgumentException if the manifest has none of that name, or it can't go so many steps
     */
    public static Scheduler create(String name, BundleManifest manifest, int steps, long[] latentShape, long seed) {
        SchedulerConfig config = manifest.scheduler(name)
                .orElseThrow(() -> new IllegalArgumentException("spec.scheduler: is " + name + "; valid are "
                        + names(manifest) + " for '" + manifest.name() + "'"));
        int valid = config.fixedSteps().orElse(steps);
        if (steps != valid) {
            throw new IllegalArgumentException("spec.steps: is " + steps + "; valid is " + valid + " for scheduler "
                    + name + " of '" + manifest.name() + "'");
        }
        int patch = manifest.latent().patch();
        long tokens = latentShape[1] * (latentShape[2] / patch) * (latentShape[3] / patch);
        return config.accept(new Factory(manifest.prediction(), steps, tokens, seed));
    }

    private static String names(BundleManifest manifest) {
        return manifest.schedulers().stream().map(SchedulerConfig::name).collect(Collectors.joining(", "));
    }

    /**
     * Makes a scheduler of its parameters.
     *
     * @param tokens of the clip
     */
    private record Factory(Prediction prediction, int steps, long tokens, long seed)
            implements SchedulerConfig.Visitor<Scheduler> {

        @Override
        public Scheduler flowMatchEuler(SchedulerConfig.FlowMatchEuler config) {
            SigmaShift shift = SigmaShift.fixed(config.shift());
            Double last = config.lastSigma();
            NoiseSchedule schedule = last == null
                    ? flow(config.sigmas(), shift, config.trainTimesteps())
                    : NoiseSchedule.flowMatchingTo(last, steps, shift, config.trainTimesteps());
            return new FlowMatchEuler(schedule, prediction);
        }

        @Override
        public Scheduler flowMatchEulerDynamic(SchedulerConfig.FlowMatchEulerDynamic config) {
            SigmaShift shift = SigmaShift.byTokens(
                    tokens, config.baseTokens(), config.maxTokens(), config.baseShift(), config.maxShift());
            Double terminal = config.terminal();
            NoiseSchedule schedule = terminal == null
                    ? NoiseSchedule.flowMatching(steps, shift, config.trainTimesteps())
                    : NoiseSchedule.flowMatching(steps, shift, terminal, config.trainTimesteps());
            return new FlowMatchEuler(schedule, prediction);
        }

        @Override
        public Scheduler dpmSolver2mFlow(SchedulerConfig.DpmSolver2mFlow config) {
            return new DpmSolver2m(
                    NoiseSchedule.flowSolver(steps, config.shift(), config.trainTimesteps()), prediction);
        }

        @Override
        public Scheduler uniPcFlow(SchedulerConfig.UniPcFlow config) {
            return new UniPc(NoiseSchedule.uniPc(steps, config.shift(), config.trainTimesteps()), prediction);
        }

        @Override
        public Scheduler flowMatchRenoise(SchedulerConfig.FlowMatchRenoise config) {
            SigmaShift shift = SigmaShift.fixed(config.shift());
            return new FlowMatchRenoise(
                    flow(config.sigmas(), shift, config.trainTimesteps()), prediction, StepNoise.seeded(seed));
        }

        @Override
        public Scheduler ddim(SchedulerConfig.Ddim config) {
            return Ddim.of(config, steps, prediction);
        }

        private NoiseSchedule flow(@Nullable List<Double> sigmas, SigmaShift shift, int trainTimesteps) {
            return sigmas == null
                    ? NoiseSchedule.flowMatching(steps, shift, trainTimesteps)
                    : NoiseSchedule.flowMatching(sigmas, shift, trainTimesteps);
        }
    }
}
