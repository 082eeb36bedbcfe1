package dev.galatea.denoising;

import dev.galatea.denoising.diffusion.NoiseSchedule;
import dev.galatea.denoising.diffusion.SigmaShift;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.noise.TorchRandn;

/** What the bundle 'tiny' makes, by the textbook: one Euler step after the other, written out in double precision. */
final class Expected {

    private Expected() {}

    /**
     * The latents of a job.
     *
     * @param prompt mean of the prompt's embeddings
     * @param negative mean of the negative prompt's
     */
    static float[] latents(JobSpec spec, float prompt, float negative) {
        float[] latents = TorchRandn.sample(spec.seed(), 4, spec.frames() / 2, spec.height() / 8, spec.width() / 8)
                .floats();
        NoiseSchedule schedule = NoiseSchedule.flowMatching(spec.steps(), SigmaShift.fixed(2), 1000);
        for (int step = 0; step < spec.steps(); step++) {
            double sigma = schedule.sigma(step);
            double context = negative + spec.guidance() * (prompt - negative);
            for (int i = 0; i < latents.length; i++) {
                double velocity = latents[i] / 2 + sigma + context;
                latents[i] += (float) ((schedule.sigma(step + 1) - sigma) * velocity);
            }
        }
        return latents;
    }
}
