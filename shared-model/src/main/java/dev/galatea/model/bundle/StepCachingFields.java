package dev.galatea.model.bundle;

import java.nio.file.Path;

/** Checks the rule for steps without the denoiser, and that the probe is there for it. */
final class StepCachingFields extends FieldChecks {

    private StepCachingFields(Path file) {
        super(file);
    }

    static void check(Path file, BundleManifest manifest) throws BundleException {
        new StepCachingFields(file).check(manifest);
    }

    private void check(BundleManifest manifest) throws BundleException {
        boolean probe = manifest.files().containsKey(StepCaching.PROBE_ROLE);
        StepCaching caching = manifest.stepCaching();
        if (caching == null) {
            requireThat("files", StepCaching.PROBE_ROLE, !probe, "none of this role without stepCaching");
            return;
        }
        positive("stepCaching.threshold", caching.threshold());
        double highest = caching.highest();
        requireThat("stepCaching.highest", highest, highest > 0 && highest <= 1, "above 0 and up to 1");
        requireThat("stepCaching", caching, probe, "none without files." + StepCaching.PROBE_ROLE);
    }
}
