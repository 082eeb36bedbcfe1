package dev.galatea.jobtracking.admission;

import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.SchedulerConfig;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Settings of a job whose prompt says nothing, from the bundle's manifest. */
final class Defaults {

    private Defaults() {}

    /**
     * Every setting but the reference, which has no default.
     *
     * @param scheduler the one that the prompt names, because some have a number of steps of their own
     */
    static GenerationSettings of(Model model, JobId jobId, @Nullable String scheduler) {
        BundleManifest manifest = model.manifest();
        BundleManifest.Defaults defaults = manifest.defaults();
        String negativePrompt = defaults.negativePrompt();
        return GenerationSettings.builder()
                .negativePrompt(negativePrompt == null ? "" : negativePrompt)
                .model(model.name())
                .width(defaults.width())
                .height(defaults.height())
                .frames(defaults.frames())
                .fps(manifest.fps())
                .steps(stepsOf(manifest, scheduler))
                .guidance(defaults.guidance())
                .seed(seedOf(jobId))
                .scheduler(manifest.scheduler().name())
                .build();
    }

    private static int stepsOf(BundleManifest manifest, @Nullable String scheduler) {
        return Optional.ofNullable(scheduler)
                .flatMap(manifest::scheduler)
                .map(SchedulerConfig::fixedSteps)
                .filter(OptionalInt::isPresent)
                .map(OptionalInt::getAsInt)
                .orElse(manifest.defaults().steps());
    }

    /** The noise seed of a prompt that names none: the same for the same job id, and short enough to be typed. */
    static long seedOf(JobId jobId) {
        String digest = Sha256.of(jobId.toString().getBytes(UTF_8)).hex();
        return Long.parseLong(digest.substring(0, 8), 16);
    }
}
