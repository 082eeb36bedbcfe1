package dev.galatea.jobtracking.admission;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Grid;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Says yes or no to submitted prompts and fills in the model's defaults. A pure function of prompt and catalogue: the
 * same prompt always gets the same answer. Thread-safe.
 *
 * <p>Refusals have stable codes: {@code empty_prompt}, {@code prompt_too_long}, {@code invalid_prompt},
 * {@code invalid_negative_prompt}, {@code unknown_model}, {@code invalid_size}, {@code invalid_frames},
 * {@code invalid_seconds}, {@code frames_and_seconds}, {@code invalid_steps}, {@code invalid_guidance},
 * {@code reference_not_supported}, {@code invalid_reference_url}, {@code invalid_strength}, {@code budget_exceeded}.
 */
public final class Admission {

    private static final int MAX_ECHO = 64;
    private static final int MAX_URL = 2048;
    private static final String LAST_FRAME = ReferenceMedia.Role.LAST_FRAME.wireName();

    private final ModelCatalogue catalogue;
    private final long maxPixelSteps;

    /**
     * @param maxPixelSteps most frames × width × height × steps of one job
     */
    public Admission(ModelCatalogue catalogue, long maxPixelSteps) {
        this.catalogue = catalogue;
        this.maxPixelSteps = maxPixelSteps;
    }

    /** Decides about one prompt; never throws, whatever the values are. */
    public Decision decide(PromptSubmitted prompt) {
        try {
            return new Decision.Accepted(resolve(prompt));
        } catch (RefusedException e) {
            return new Decision.Refused(e.toFailure());
        }
    }

    /** The model's name as it is shown for a job: the one that was asked for, or the default. */
    public String modelName(PromptSubmitted prompt) {
        return prompt.model() == null ? catalogue.defaultName() : Texts.presentable(prompt.model(), MAX_ECHO);
    }

    /** The noise seed of a prompt that names none: the same for the same job id, and short enough to be typed. */
    static long seedOf(JobId jobId) {
        String digest = Sha256.of(jobId.toString().getBytes(UTF_8)).hex();
        return Long.parseLong(digest.substring(0, 8), 16);
    }

    private JobSpec resolve(PromptSubmitted prompt) throws RefusedException {
        Model model = model(prompt);
        BundleManifest manifest = model.manifest();
        checkPrompt(prompt.prompt(), manifest.limits().maxPromptChars());
        checkReference(prompt.reference(), model);
        int[] size = size(prompt, model);
        int frames = frames(prompt, model);
        int steps = steps(prompt, manifest);
        checkBudget(size[0], size[1], frames, steps);
        return new JobSpec(
                prompt.prompt(),
                negativePrompt(prompt, manifest),
                model.name(),
                model.digest(),
                size[0],
                size[1],
                frames,
                manifest.fps(),
                steps,
                guidance(prompt, manifest),
                prompt.seed() == null ? seedOf(prompt.jobId()) : prompt.seed(),
                manifest.scheduler().name(),
                prompt.reference());
    }

    private Model model(PromptSubmitted prompt) throws RefusedException {
        return catalogue
                .find(prompt.model())
                .orElseThrow(() -> new RefusedException(
                        "unknown_model",
                        "model: '" + modelName(prompt) + "' is not served; valid are "
                                + String.join(", ", catalogue.names())));
    }

    private static void checkPrompt(String prompt, int maxChars) throws RefusedException {
        if (prompt.isBlank()) {
            throw new RefusedException(
                    "empty_prompt",
                    "prompt: is empty; valid are 1 to " + maxChars + " characters that say what to show");
        }
        checkText("prompt", prompt, maxChars, "prompt_too_long", "invalid_prompt");
    }

    private static String negativePrompt(PromptSubmitted prompt, BundleManifest manifest) throws RefusedException {
        String text = prompt.negativePrompt();
        if (text == null) {
            String byDefault = manifest.defaults().negativePrompt();
            return byDefault == null ? "" : byDefault;
        }
        int maxChars = manifest.limits().maxPromptChars();
        checkText("negativePrompt", text, maxChars, "invalid_negative_prompt", "invalid_negative_prompt");
        return text;
    }

    private static void checkText(String field, String text, int maxChars, String tooLong, String invalid)
            throws RefusedException {
        int length = Texts.length(text);
        if (length > maxChars) {
            throw new RefusedException(tooLong, field + ": has " + length + " characters; valid are up to " + maxChars);
        }
        int index = Texts.firstUnacceptable(text);
        if (index >= 0) {
            throw new RefusedException(
                    invalid,
                    field + ": character " + (index + 1)
                            + " is a control character or half of a surrogate pair; valid are Unicode characters, tabs "
                            + "and line ends");
        }
    }

    private void checkReference(@Nullable ReferenceMedia reference, Model model) throws RefusedException {
        if (reference == null) {
            return;
        }
        List<String> possible = model.manifest().references();
        String role = reference.role().wireName();
        if (!possible.contains(role)) {
            throw new RefusedException(
                    "reference_not_supported",
                    "reference.role: model '" + model.name() + "' can't make a clip from '" + role + "'; valid "
                            + (possible.isEmpty() ? "is no reference" : "are " + String.join(", ", possible)));
        }
        checkLastFrame(reference, possible, model);
        checkUrl("reference.url", reference.url());
        checkUrl("reference.lastFrameUrl", reference.lastFrameUrl());
        checkStrength(reference);
    }

    private static void checkLastFrame(ReferenceMedia reference, List<String> possible, Model model)
            throws RefusedException {
        if (reference.end() == null) {
            return;
        }
        if (reference.role() != ReferenceMedia.Role.FIRST_FRAME || !possible.contains(LAST_FRAME)) {
            throw new RefusedException(
                    "reference_not_supported",
                    "reference.lastFrame: model '" + model.name() + "' can't take it with the role '"
                            + reference.role().wireName() + "'; valid is none"
                            + (possible.contains(LAST_FRAME) ? ", or the role first_frame" : ""));
        }
    }

    /** That the address is one of the public internet is seen when it is looked up. */
    private static void checkUrl(String field, @Nullable String url) throws RefusedException {
        if (url != null && !isHttps(url)) {
            throw new RefusedException(
                    "invalid_reference_url",
                    field + ": is not valid; valid is https://HOST/…, without user info and fragment, of up to "
                            + MAX_URL + " characters");
        }
    }

    private static boolean isHttps(String text) {
        try {
            URI url = new URI(text);
            return text.length() <= MAX_URL
                    && "https".equalsIgnoreCase(url.getScheme())
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void checkStrength(ReferenceMedia reference) throws RefusedException {
        Double strength = reference.strength();
        if (strength == null) {
            return;
        }
        if (reference.role() != ReferenceMedia.Role.VIDEO) {
            throw new RefusedException(
                    "invalid_strength",
                    "reference.strength: " + strength + " is for videos; valid is none with the role '"
                            + reference.role().wireName() + "'");
        }
        if (!(strength > 0 && strength <= 1)) {
            throw new RefusedException(
                    "invalid_strength",
                    "reference.strength: " + strength + " is not valid; valid are numbers over 0 up to 1");
        }
    }

    /** Width and height. */
    private static int[] size(PromptSubmitted prompt, Model model) throws RefusedException {
        BundleManifest.Defaults defaults = model.manifest().defaults();
        int width = prompt.width() == null ? defaults.width() : prompt.width();
        int height = prompt.height() == null ? defaults.height() : prompt.height();
        Grid widths = model.manifest().widths();
        Grid heights = model.manifest().heights();
        if (!widths.contains(width) && !heights.contains(height)) {
            // Sizes of other servers, such as 1280x720: whoever corrected one side would be refused for the other.
            throw new RefusedException(
                    "invalid_size",
                    "width: " + width + " and height: " + height + " are not valid for model '" + model.name()
                            + "'; nearest valid is " + widths.nearest(width) + "x" + heights.nearest(height) + " ("
                            + widths.describe() + " by " + heights.describe() + ")");
        }
        checkGrid("invalid_size", "width", width, widths, model);
        checkGrid("invalid_size", "height", height, heights, model);
        return new int[] {width, height};
    }

    private static int frames(PromptSubmitted prompt, Model model) throws RefusedException {
        Integer frames = prompt.frames();
        Double seconds = prompt.seconds();
        if (frames != null && seconds != null) {
            throw new RefusedException(
                    "frames_and_seconds", "frames: and seconds exclude each other; valid is one of them, or none");
        }
        BundleManifest manifest = model.manifest();
        ReferenceMedia reference = prompt.reference();
        if (reference == null || reference.role() != ReferenceMedia.Role.EXTENSION) {
            return length(frames, seconds, manifest.defaults().frames(), manifest.lengths(), model);
        }
        // What is made is longer than what is added: it begins with what it shares with the video.
        int shared = manifest.latent().sharedFrames();
        Grid added = manifest.extensions()
                .orElseThrow(() -> new RefusedException(
                        "reference_not_supported",
                        "reference.role: model '" + model.name() + "' makes at most "
                                + manifest.limits().maxFrames() + " frames, too few to continue a video; valid is "
                                + "another model"));
        return shared
                + length(frames, seconds, added.nearest(manifest.defaults().frames() - shared), added, model);
    }

    private static int length(@Nullable Integer frames, @Nullable Double seconds, int usual, Grid valid, Model model)
            throws RefusedException {
        if (seconds != null) {
            return framesOf(seconds, valid, model);
        }
        int count = frames == null ? usual : frames;
        checkGrid("invalid_frames", "frames", count, valid, model);
        return count;
    }

    /**
     * Seconds become the nearest length that the model can make (of two equally near, the longer), so a clip may be up to
     * half a step of the temporal grid longer or shorter than asked. What is beyond the grid's ends is refused.
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
                    "seconds: " + seconds + " is not valid for model '" + model.name() + "' at " + fps
                            + " frames per second; valid are " + (double) shortest / fps + " to "
                            + (double) longest / fps);
        }
        return grid.nearest(frames);
    }

    private static int steps(PromptSubmitted prompt, BundleManifest manifest) throws RefusedException {
        int steps = prompt.steps() == null ? manifest.defaults().steps() : prompt.steps();
        if (steps < 1 || steps > manifest.limits().maxSteps()) {
            throw new RefusedException(
                    "invalid_steps",
                    "steps: " + steps + " is not valid; valid are 1 to "
                            + manifest.limits().maxSteps());
        }
        return steps;
    }

    private static double guidance(PromptSubmitted prompt, BundleManifest manifest) throws RefusedException {
        double guidance = prompt.guidance() == null ? manifest.defaults().guidance() : prompt.guidance();
        if (!(guidance >= 0 && guidance <= manifest.limits().maxGuidance())) {
            throw new RefusedException(
                    "invalid_guidance",
                    "guidance: " + guidance + " is not valid; valid are 0 to "
                            + manifest.limits().maxGuidance());
        }
        return guidance;
    }

    /** Each may be within the model's limits, and all together more than anybody shall have. */
    private void checkBudget(int width, int height, int frames, int steps) throws RefusedException {
        long pixels = (long) width * height * frames;
        if (pixels > maxPixelSteps / steps) {
            long affordable = maxPixelSteps / pixels;
            throw new RefusedException(
                    "budget_exceeded",
                    "steps: " + steps + " for " + frames + " frames of " + width + "x" + height
                            + " pixels are more than " + maxPixelSteps + " pixel steps; valid are "
                            + (affordable < 1
                                    ? "fewer or smaller frames"
                                    : "1 to " + affordable + ", or fewer or smaller frames"));
        }
    }

    private static void checkGrid(String code, String field, int value, Grid grid, Model model)
            throws RefusedException {
        if (!grid.contains(value)) {
            throw new RefusedException(
                    code,
                    field + ": " + value + " is not valid for model '" + model.name() + "'; " + grid.explain(value));
        }
    }
}
