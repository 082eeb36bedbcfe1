package dev.galatea.jobtracking.admission;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Grid;
import dev.galatea.model.bundle.PictureSizes;
import dev.galatea.model.bundle.SchedulerConfig;
import dev.galatea.model.event.GenerationSettings;

import static java.util.Objects.requireNonNull;

/** Checks of a job's settings against the limits of its model, and against those of the whole system. */
final class SettingsRules {

    private static final int MAX_ECHO = 64;

    /** The most characters for any model: states and events hold both texts, and have limits. */
    private static final int MAX_CHARS = 40_000;

    private final Model model;
    private final BundleManifest manifest;
    private final long maxPixelSteps;

    SettingsRules(Model model, long maxPixelSteps) {
        this.model = model;
        this.manifest = model.manifest();
        this.maxPixelSteps = maxPixelSteps;
    }

    void checkPrompt(String prompt) throws RefusedException {
        int maxChars = manifest.limits().maxPromptChars();
        if (prompt.isBlank()) {
            throw new RefusedException(
                    "empty_prompt",
                    "prompt",
                    "is empty; valid are 1 to " + maxChars + " characters that say what to show");
        }
        checkText("prompt", prompt, "prompt_too_long", "invalid_prompt");
    }

    void checkNegativePrompt(@Nullable String text) throws RefusedException {
        if (text != null) {
            checkText("negativePrompt", text, "invalid_negative_prompt", "invalid_negative_prompt");
        }
    }

    private void checkText(String field, String text, String tooLong, String invalid) throws RefusedException {
        int length = UntrustedText.length(text);
        int maxChars = Math.min(MAX_CHARS, manifest.limits().maxPromptChars());
        if (length > maxChars) {
            throw new RefusedException(tooLong, field, "has " + length + " characters; valid are up to " + maxChars);
        }
        int index = UntrustedText.firstUnacceptable(text);
        if (index >= 0) {
            throw new RefusedException(
                    invalid,
                    field,
                    "character " + (index + 1)
                            + " is a control character or half of a surrogate pair; valid are Unicode characters, tabs "
                            + "and line ends");
        }
    }

    /**
     * Checks settings whose defaults are filled in.
     *
     * @param settings settings with a valid number of frames
     */
    void check(GenerationSettings settings) throws RefusedException {
        int width = requireNonNull(settings.width());
        int height = requireNonNull(settings.height());
        int steps = requireNonNull(settings.steps());
        checkSize(width, height);
        checkFps(requireNonNull(settings.fps()));
        checkGuidance(requireNonNull(settings.guidance()));
        checkSteps(steps, checkScheduler(requireNonNull(settings.scheduler())));
        int scale = scale(settings);
        checkBudget(width / scale, height / scale, requireNonNull(settings.frames()), steps);
        new FinishingRules(model, maxPixelSteps).check(settings);
    }

    /**
     * The scale at which a clip of this size is drawn.
     *
     * @param settings settings with a valid size
     */
    int scale(GenerationSettings settings) {
        return manifest.pictureSizes()
                .scale(requireNonNull(settings.width()), requireNonNull(settings.height()))
                .orElseThrow();
    }

    private void checkSize(int width, int height) throws RefusedException {
        PictureSizes sizes = manifest.pictureSizes();
        if (sizes.scale(width, height).isPresent()) {
            return;
        }
        boolean oneSide = sizes.widths().contains(width) || sizes.heights().contains(height);
        if (sizes.scales().size() == 1 && oneSide) {
            checkGrid("invalid_size", "width", width, sizes.widths(), model);
            checkGrid("invalid_size", "height", height, sizes.heights(), model);
        }
        // Sizes of other servers, such as 1280x720: whoever corrected one side would be refused for the other.
        throw new RefusedException(
                "invalid_size",
                "width",
                width + "x" + height + " (width x height) is not valid for model '" + model.name()
                        + "'; nearest valid is " + sizes.nearest(width, height) + " (" + sizes.describe() + ")");
    }

    private void checkFps(int fps) throws RefusedException {
        if (fps != manifest.fps()) {
            throw new RefusedException(
                    "invalid_fps",
                    "fps",
                    fps + " is not valid for model '" + model.name() + "'; valid is " + manifest.fps());
        }
    }

    private void checkSteps(int steps, SchedulerConfig scheduler) throws RefusedException {
        OptionalInt fixed = scheduler.fixedSteps();
        if (fixed.isPresent() && fixed.getAsInt() != steps) {
            throw new RefusedException(
                    "invalid_steps",
                    "steps",
                    steps + " is not valid for scheduler '" + scheduler.name() + "' of model '" + model.name()
                            + "'; valid is " + fixed.getAsInt());
        }
        int maxSteps = manifest.limits().maxSteps();
        if (steps < 1 || steps > maxSteps) {
            throw new RefusedException("invalid_steps", "steps", steps + " is not valid; valid are 1 to " + maxSteps);
        }
    }

    private void checkGuidance(double guidance) throws RefusedException {
        double maxGuidance = manifest.limits().maxGuidance();
        if (!(guidance >= 0 && guidance <= maxGuidance)) {
            throw new RefusedException(
                    "invalid_guidance", "guidance", guidance + " is not valid; valid are 0 to " + maxGuidance);
        }
    }

    private SchedulerConfig checkScheduler(String scheduler) throws RefusedException {
        Optional<SchedulerConfig> config = manifest.scheduler(scheduler);
        if (config.isEmpty()) {
            List<String> valid =
                    manifest.schedulers().stream().map(SchedulerConfig::name).toList();
            throw new RefusedException(
                    "invalid_scheduler",
                    "scheduler",
                    "'" + UntrustedText.presentable(scheduler, MAX_ECHO) + "' is not valid for model '" + model.name()
                            + "'; valid " + (valid.size() == 1 ? "is " : "are ") + String.join(", ", valid));
        }
        return config.get();
    }

    /** Checks the product, because settings that are each within the model's limits may together cost too much. */
    private void checkBudget(int width, int height, int frames, int steps) throws RefusedException {
        long pixels = (long) width * height * frames;
        if (pixels > maxPixelSteps / steps) {
            long affordable = maxPixelSteps / pixels;
            throw new RefusedException(
                    "budget_exceeded",
                    "steps",
                    steps + " for " + frames + " frames of " + width + "x" + height + " pixels are more than "
                            + maxPixelSteps + " pixel steps; valid are "
                            + (affordable < 1
                                    ? "fewer or smaller frames"
                                    : "1 to " + affordable + ", or fewer or smaller frames"));
        }
    }

    static void checkGrid(String code, String field, int value, Grid grid, Model model) throws RefusedException {
        if (!grid.contains(value)) {
            throw new RefusedException(
                    code, field, value + " is not valid for model '" + model.name() + "'; " + grid.explain(value));
        }
    }
}
