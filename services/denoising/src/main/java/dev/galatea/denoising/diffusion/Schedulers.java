package dev.galatea.denoising.diffusion;

import java.util.stream.Collectors;

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
     * @throws IllegalArgumentException if the manifest has none of that name
     */
    public static Scheduler create(String name, BundleManifest manifest, int steps, long[] latentShape) {
        SchedulerConfig config = manifest.scheduler(name)
                .orElseThrow(() -> new IllegalArgumentException("spec.scheduler: is " + name + "; valid are "
                        + names(manifest) + " for '" + manifest.name() + "'"));
        int patch = manifest.latent().patch();
        long tokens = latentShape[1] * (latentShape[2] / patch) * (latentShape[3] / patch);
        return config.accept(new Factory(manifest.prediction(), steps, tokens));
    }

    private static String names(BundleManifest manifest) {
        return manifest.schedulers().stream().map(SchedulerConfig::name).collect(Collectors.joining(", "));
    }

    /**
     * Makes a scheduler of its parameters.
     *
     * @param tokens of the clip
     */
    private record Factory(Prediction prediction, int steps, long tokens)
            implements SchedulerConfig.Visitor<Scheduler> {

        @Override
        public Scheduler flowMatchEuler(SchedulerConfig.FlowMatchEuler config) {
            return new FlowMatchEuler(
                    NoiseSchedule.flowMatching(steps, SigmaShift.fixed(config.shift()), config.trainTimesteps()),
                    prediction);
        }

        @Override
        public Scheduler flowMatchEulerDynamic(SchedulerConfig.FlowMatchEulerDynamic config) {
            return new FlowMatchEuler(
                    NoiseSchedule.flowMatching(steps, SigmaShift.byTokens(tokens), config.trainTimesteps()),
                    prediction);
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
    }
}
