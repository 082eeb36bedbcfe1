package dev.galatea.denoising.diffusion;

import java.util.Map;
import java.util.TreeMap;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.BundleManifest.Prediction;

/** The schedulers by the names that manifests and jobs use. */
public final class Schedulers {

    private static final Map<String, Factory> FACTORIES = new TreeMap<>(Map.of(
            "flow-match-euler",
            (manifest, steps, tokens) -> flowMatchEuler(
                    manifest, steps, SigmaShift.fixed(manifest.scheduler().shift())),
            "flow-match-euler-dynamic",
            (manifest, steps, tokens) -> flowMatchEuler(manifest, steps, SigmaShift.byTokens(tokens))));

    private Schedulers() {}

    /**
     * The scheduler for one job.
     *
     * @param name as the job says it
     * @param latentShape [C, T, H, W]
     * @throws IllegalArgumentException if the name is not known, or the scheduler does not fit what the model predicts
     */
    public static Scheduler create(String name, BundleManifest manifest, int steps, long[] latentShape) {
        Factory factory = FACTORIES.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "spec.scheduler: '" + name + "' is not known; valid are " + String.join(", ", FACTORIES.keySet()));
        }
        int patch = manifest.latent().patch();
        long tokens = latentShape[1] * (latentShape[2] / patch) * (latentShape[3] / patch);
        return factory.create(manifest, steps, tokens);
    }

    private static Scheduler flowMatchEuler(BundleManifest manifest, int steps, SigmaShift shift) {
        if (manifest.prediction() != Prediction.FLOW) {
            throw new IllegalArgumentException("spec.scheduler: flow matching needs a model that predicts flow, but '"
                    + manifest.name() + "' predicts "
                    + manifest.prediction().wireName());
        }
        return new FlowMatchEuler(
                NoiseSchedule.flowMatching(steps, shift, manifest.scheduler().trainTimesteps()));
    }

    @FunctionalInterface
    private interface Factory {
        Scheduler create(BundleManifest manifest, int steps, long tokens);
    }
}
