package dev.galatea.jobtracking.admission;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Grid;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;

/** Computes the frames to generate from a prompt that gives the length in frames, in seconds, or not at all. */
final class ClipLength {

    private ClipLength() {}

    /**
     * The frames that a prompt asks for.
     *
     * @return null if the prompt leaves the length to the model
     */
    static @Nullable Integer of(PromptSubmitted prompt, Model model) throws RefusedException {
        Integer frames = prompt.settings().frames();
        Double seconds = prompt.seconds();
        if (frames != null && seconds != null) {
            throw new RefusedException(
                    "frames_and_seconds", "frames", "excludes seconds; valid is one of them, or none");
        }
        BundleManifest manifest = model.manifest();
        ReferenceMedia reference = prompt.settings().reference();
        if (reference == null || reference.role() != ReferenceMedia.Role.EXTENSION) {
            return length(frames, seconds, manifest.lengths(), model);
        }
        Grid added = manifest.extensions()
                .orElseThrow(() -> new RefusedException(
                        "reference_not_supported",
                        "reference.role",
                        "model '" + model.name() + "' makes at most "
                                + manifest.limits().maxFrames() + " frames, too few to continue a video; valid is "
                                + "another model"));
        // What is made is longer than what is added: it begins with what it shares with the video.
        int shared = manifest.latent().sharedFrames();
        Integer asked = length(frames, seconds, added, model);
        return shared + (asked == null ? added.nearest(manifest.defaults().frames() - shared) : asked);
    }

    private static @Nullable Integer length(@Nullable Integer frames, @Nullable Double seconds, Grid valid, Model model)
            throws RefusedException {
        if (seconds != null) {
            return framesOf(seconds, valid, model);
        }
        if (frames != null) {
            SettingsRules.checkGrid("invalid_frames", "frames", frames, valid, model);
        }
        return frames;
    }

    /**
     * Seconds become the nearest length that the model can make (of two equally near, the longer), so a clip may be up
     * to half a step of the temporal grid longer or shorter than asked. What is beyond the grid's ends is refused.
     */
    private static int framesOf(double seconds, Grid grid, Model model) throws RefusedException {
        int fps = model.manifest().fps();
        double frames = seconds * fps;
        double tolerance = grid.step() / 2.0;
        int shortest = grid.lowest();
        int longest = grid.highest();
        if (!(frames > 0 && frames >= shortest - tolerance && frames <= longest + tolerance)) {
            throw new RefusedException(
                    "invalid_seconds",
                    "seconds",
                    seconds + " is not valid for model '" + model.name() + "' at " + fps
                            + " frames per second; valid are " + (double) shortest / fps + " to "
                            + (double) longest / fps);
        }
        return grid.nearest(frames);
    }
}
