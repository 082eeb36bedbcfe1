package dev.galatea.jobtracking.admission;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Grid;
import dev.galatea.model.event.GenerationSettings;

import static java.util.Objects.requireNonNull;

/** Checks of what a job wants done with its decoded clip. */
final class FinishingRules {

    /** The largest picture of H.264's level 5.2, 4096x2304: what our encoder and people's players take. */
    private static final long MAX_PIXELS = 36_864 * 256;

    private static final String LEAVE_OUT = "valid is to leave it out";

    private final Model model;
    private final BundleManifest manifest;
    private final long maxPixels;

    /**
     * Rules for one model.
     *
     * @param maxPixels of all frames of a clip together
     */
    FinishingRules(Model model, long maxPixels) {
        this.model = model;
        this.manifest = model.manifest();
        this.maxPixels = maxPixels;
    }

    /**
     * Checks settings whose defaults are filled in.
     *
     * @param settings settings that are valid but for these
     */
    void check(GenerationSettings settings) throws RefusedException {
        Integer upscale = settings.upscale();
        Integer fps = settings.interpolateToFps();
        long pixels = (long) requireNonNull(settings.width()) * requireNonNull(settings.height());
        if (upscale != null) {
            checkUpscale(upscale, pixels);
            pixels *= (long) upscale * upscale;
        }
        long frames = requireNonNull(settings.frames());
        if (fps != null) {
            checkFps(fps);
            frames = Math.round((double) frames * fps / manifest.fps());
        }
        if ((upscale != null || fps != null) && pixels > maxPixels / frames) {
            throw new RefusedException(
                    "budget_exceeded",
                    upscale != null ? "upscale" : "interpolateToFps",
                    (upscale != null ? upscale : fps) + " makes " + frames + " frames of " + pixels
                            + " pixels, which are more than " + maxPixels
                            + " pixels; valid are fewer or smaller frames");
        }
    }

    private void checkUpscale(int upscale, long pixels) throws RefusedException {
        List<Integer> scales = manifest.pictureSizes().scales().stream()
                .skip(1)
                .filter(scale -> pixels * scale * scale <= MAX_PIXELS)
                .toList();
        if (!scales.contains(upscale)) {
            String valid = scales.stream().map(String::valueOf).collect(Collectors.joining(", "));
            throw new RefusedException(
                    "invalid_upscale",
                    "upscale",
                    upscale + " is not valid for model '" + model.name() + "' at this size; "
                            + (scales.isEmpty()
                                    ? LEAVE_OUT
                                    : (scales.size() == 1 ? "valid is " : "valid are ") + valid));
        }
    }

    private void checkFps(int fps) throws RefusedException {
        Optional<Grid> valid = manifest.interpolatedFps();
        if (valid.filter(grid -> grid.contains(fps)).isEmpty()) {
            throw new RefusedException(
                    "invalid_interpolate_to_fps",
                    "interpolateToFps",
                    fps + " is not valid for model '" + model.name() + "'; "
                            + valid.map(grid -> "valid are " + grid.describe()).orElse(LEAVE_OUT));
        }
    }
}
