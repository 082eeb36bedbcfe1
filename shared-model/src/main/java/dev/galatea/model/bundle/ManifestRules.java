package dev.galatea.model.bundle;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.ContextPadding;
import dev.galatea.model.bundle.BundleManifest.Defaults;
import dev.galatea.model.bundle.BundleManifest.EncoderPadding;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.bundle.BundleManifest.GuidanceInterval;
import dev.galatea.model.bundle.BundleManifest.Latent;
import dev.galatea.model.bundle.BundleManifest.Limits;
import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.bundle.BundleManifest.Text;

/** Checks what must hold in a manifest beyond its shape. Each failure names the field, its value and what is valid. */
final class ManifestRules extends FieldChecks {

    /** Roles without which no prompt becomes a clip. */
    static final List<String> REQUIRED_ROLES = List.of("denoiser", "decoder", "textEncoder", "tokenizer");

    private static final int MAX_PATH_LENGTH = 512;
    /** Above any known text encoder's. */
    private static final int MAX_TOKENS = 32_768;
    /** Above any known model's; keeps products of two within an int. */
    private static final int MAX_COMPRESSION = 1024;

    private final BundleManifest manifest;

    private ManifestRules(Path file, BundleManifest manifest) {
        super(file);
        this.manifest = manifest;
    }

    static void check(Path file, BundleManifest manifest) throws BundleException {
        ManifestRules rules = new ManifestRules(file, manifest);
        rules.checkPresence();
        rules.checkFiles();
        VariantRules.check(file, manifest);
        rules.checkText(manifest.text());
        rules.checkLatent(manifest.latent());
        rules.checkSchedulers();
        rules.checkGuidanceInterval(manifest.guidanceInterval());
        rules.checkGuidanceRescale(manifest.guidanceRescale());
        rules.checkExperts(manifest.experts());
        rules.checkLimits(manifest.limits());
        rules.checkDefaults(manifest.defaults(), manifest.limits());
        rules.checkDecoding(manifest.decoding());
        ReferenceFields.check(file, manifest);
        StepCachingFields.check(file, manifest);
        rules.checkPreview(manifest.preview());
    }

    /** Explains why a path leaves the directory that it is relative to; empty if it stays inside. */
    static Optional<String> insideProblem(String path) {
        if (path.isBlank() || path.length() > MAX_PATH_LENGTH) {
            return Optional.of("must have 1 to " + MAX_PATH_LENGTH + " characters");
        }
        boolean plain = path.chars().allMatch(c -> c >= ' ' && c != '\\' && c != ':');
        boolean climbs = ("/" + path + "/").contains("/../") || ("/" + path + "/").contains("/./");
        if (!plain || climbs || path.startsWith("/") || path.contains("//")) {
            return Optional.of("must be relative, with '/' between its parts, and without '.', '..', ':' or '\\'");
        }
        return Optional.empty();
    }

    private void checkPresence() throws BundleException {
        require("format", manifest.format());
        requireThat(
                "format",
                manifest.format(),
                BundleManifest.FORMATS.contains(manifest.format()),
                String.join(", ", BundleManifest.FORMATS));
        require("name", manifest.name());
        require("version", manifest.version());
        require("license", manifest.license());
        require("description", manifest.description());
        require("files", manifest.files());
        require("text", manifest.text());
        require("latent", manifest.latent());
        require("prediction", manifest.prediction());
        require("scheduler", manifest.scheduler());
        require("defaults", manifest.defaults());
        require("defaults.negativePrompt", manifest.defaults().negativePrompt());
        require("limits", manifest.limits());
        require("decoding", manifest.decoding());
        requireThat(
                "name",
                manifest.name(),
                manifest.name().matches("[a-z0-9][a-z0-9._-]{0,63}"),
                "1 to 64 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit");
        atLeast("fps", manifest.fps(), 1);
    }

    private void checkFiles() throws BundleException {
        for (String role : REQUIRED_ROLES) {
            if (!manifest.files().containsKey(role)) {
                throw new BundleException(
                        Code.INVALID_MANIFEST,
                        file + ": files." + role + ": is missing; required are " + REQUIRED_ROLES);
            }
        }
        for (Map.Entry<String, FileEntry> entry : manifest.files().entrySet()) {
            String field = "files." + entry.getKey();
            require(field, entry.getValue());
            checkFile(field, entry.getValue());
            checkFinisher(field, entry.getKey());
        }
    }

    private void checkFinisher(String field, String role) throws BundleException {
        if (Upscalers.isUpscaler(role)) {
            List<String> roles = Upscalers.roles();
            requireThat("files", role, roles.contains(role), "upscalers " + String.join(", ", roles));
        }
        if (Upscalers.isUpscaler(role) || role.equals(BundleManifest.INTERPOLATOR)) {
            requireThat(
                    "format",
                    manifest.format(),
                    manifest.format().equals(BundleManifest.FORMAT),
                    BundleManifest.FORMAT + " with " + field);
        }
    }

    private void checkText(Text text) throws BundleException {
        within("text.maxTokens", text.maxTokens(), 1, MAX_TOKENS);
        atLeast("text.dim", text.dim(), 1);
        for (String input : text.inputs()) {
            requireThat("text.inputs", input, Text.INPUTS.contains(input), String.join(", ", Text.INPUTS));
        }
        requireThat(
                "text.inputs",
                text.inputs(),
                Set.copyOf(text.inputs()).size() == text.inputs().size(),
                "lists of different inputs");
        requireThat(
                "text.inputs", text.inputs(), text.inputs().contains(Text.INPUT_IDS), "lists with " + Text.INPUT_IDS);
        requireThat(
                "text.output",
                text.output(),
                text.output() == null || !text.output().isBlank(),
                "names of an output, or no field");
        checkPadding(text);
    }

    private void checkPadding(Text text) throws BundleException {
        EncoderPadding encoder = text.encoderPadding();
        if (encoder != null) {
            within("text.encoderPadding.to", encoder.to(), text.maxTokens(), MAX_TOKENS);
            atLeast("text.encoderPadding.id", encoder.id(), 0);
            requireThat(
                    "text.encoderPadding.masked",
                    encoder.masked(),
                    !encoder.masked() || text.inputs().contains(Text.ATTENTION_MASK),
                    "false without " + Text.ATTENTION_MASK + " in text.inputs");
        }
        ContextPadding context = text.contextPadding();
        if (context != null) {
            within("text.contextPadding.to", context.to(), text.maxTokens(), MAX_TOKENS);
        }
    }

    private void checkSchedulers() throws BundleException {
        checkScheduler("scheduler", manifest.scheduler());
        Set<String> names = new HashSet<>(Set.of(manifest.scheduler().name()));
        for (int i = 0; i < manifest.otherSchedulers().size(); i++) {
            SchedulerConfig other = manifest.otherSchedulers().get(i);
            String field = "otherSchedulers[" + i + "]";
            checkScheduler(field, other);
            requireThat(field + ".name", other.name(), names.add(other.name()), "names that are not taken yet");
            checkFixedSteps(field, other);
        }
        checkFixedSteps("scheduler", manifest.scheduler());
    }

    private void checkFixedSteps(String field, SchedulerConfig scheduler) throws BundleException {
        OptionalInt steps = scheduler.fixedSteps();
        int maxSteps = manifest.limits().maxSteps();
        requireThat(
                field + ".sigmas",
                steps.orElse(0) + " numbers",
                steps.isEmpty() || steps.getAsInt() <= maxSteps,
                "up to " + maxSteps + " (limits.maxSteps)");
    }

    private void checkScheduler(String field, SchedulerConfig scheduler) throws BundleException {
        Optional<String> problem = scheduler.problem();
        if (problem.isPresent()) {
            throw new BundleException(Code.INVALID_MANIFEST, file + ": " + field + "." + problem.get());
        }
        String valid =
                scheduler.predictions().stream().map(Prediction::wireName).collect(Collectors.joining(", "));
        requireThat(
                "prediction",
                manifest.prediction().wireName(),
                scheduler.predictions().contains(manifest.prediction()),
                valid + " for " + field + ".name " + scheduler.name());
    }

    private void checkLatent(Latent latent) throws BundleException {
        atLeast("latent.channels", latent.channels(), 1);
        within("latent.spatialCompression", latent.spatialCompression(), 1, MAX_COMPRESSION);
        within("latent.temporalCompression", latent.temporalCompression(), 1, MAX_COMPRESSION);
        within("latent.patch", latent.patch(), 1, MAX_COMPRESSION);
        checkStatistics("latent.mean", latent.mean(), latent.channels(), false);
        checkStatistics("latent.std", latent.std(), latent.channels(), true);
    }

    private void checkStatistics(String field, @Nullable List<Double> values, int channels, boolean positive)
            throws BundleException {
        require(field, values);
        Objects.requireNonNull(values);
        requireThat(field, values.size() + " numbers", values.size() == channels, channels + ", one per channel");
        for (Double value : values) {
            boolean fine = Double.isFinite(value) && (!positive || value > 0);
            requireThat(field, value, fine, positive ? "finite numbers above 0" : "finite numbers");
        }
    }

    private void checkGuidanceInterval(GuidanceInterval interval) throws BundleException {
        double lowest = interval.lowest();
        requireThat("guidanceInterval.lowest", lowest, lowest >= 0 && lowest <= 1, "0 to 1");
        double highest = interval.highest();
        requireThat("guidanceInterval.highest", highest, highest >= lowest && highest <= 1, lowest + " to 1");
    }

    private void checkGuidanceRescale(double rescale) throws BundleException {
        requireThat("guidanceRescale", rescale, rescale >= 0 && rescale <= 1, "0 to 1");
    }

    private void checkExperts(@Nullable Experts experts) throws BundleException {
        boolean second = manifest.files().containsKey(Experts.LOW_NOISE_ROLE);
        if (experts == null) {
            requireThat("files", Experts.LOW_NOISE_ROLE, !second, "none of this role without experts");
            return;
        }
        double boundary = experts.boundary();
        requireThat("experts.boundary", boundary, boundary > 0 && boundary < 1, "numbers between 0 and 1");
        double guidance = experts.lowNoiseGuidance();
        double maxGuidance = manifest.limits().maxGuidance();
        requireThat(
                "experts.lowNoiseGuidance", guidance, guidance >= 0 && guidance <= maxGuidance, "0 to " + maxGuidance);
        requireThat("experts", experts, second, "none without files." + Experts.LOW_NOISE_ROLE);
    }

    private void checkLimits(Limits limits) throws BundleException {
        Latent latent = manifest.latent();
        int grid = latent.spatialCompression() * latent.patch();
        atLeast("limits.sizeMultiple", limits.sizeMultiple(), 1);
        requireThat(
                "limits.sizeMultiple",
                limits.sizeMultiple(),
                limits.sizeMultiple() % grid == 0,
                "multiples of " + grid + " (latent.spatialCompression × latent.patch)");
        size("limits.minWidth", limits.minWidth(), limits.sizeMultiple(), Integer.MAX_VALUE);
        size("limits.maxWidth", limits.maxWidth(), limits.minWidth(), Integer.MAX_VALUE);
        size("limits.minHeight", limits.minHeight(), limits.sizeMultiple(), Integer.MAX_VALUE);
        size("limits.maxHeight", limits.maxHeight(), limits.minHeight(), Integer.MAX_VALUE);
        frames("limits.minFrames", limits.minFrames(), 1, Integer.MAX_VALUE);
        frames("limits.maxFrames", limits.maxFrames(), limits.minFrames(), Integer.MAX_VALUE);
        atLeast("limits.maxSteps", limits.maxSteps(), 1);
        positive("limits.maxGuidance", limits.maxGuidance());
        atLeast("limits.maxPromptChars", limits.maxPromptChars(), 1);
    }

    private void checkDefaults(Defaults defaults, Limits limits) throws BundleException {
        checkDefaultSize(defaults, limits);
        frames("defaults.frames", defaults.frames(), limits.minFrames(), limits.maxFrames());
        within("defaults.steps", defaults.steps(), 1, limits.maxSteps());
        int steps = manifest.scheduler().fixedSteps().orElse(defaults.steps());
        requireThat("defaults.steps", defaults.steps(), steps == defaults.steps(), steps + " (scheduler.sigmas)");
        double guidance = defaults.guidance();
        requireThat(
                "defaults.guidance",
                guidance,
                guidance >= 0 && guidance <= limits.maxGuidance(),
                "0 to " + limits.maxGuidance());
        requireThat(
                "defaults.negativePrompt",
                defaults.negativePrompt().length() + " characters",
                defaults.negativePrompt().length() <= limits.maxPromptChars(),
                "up to " + limits.maxPromptChars());
    }

    private void checkDefaultSize(Defaults defaults, Limits limits) throws BundleException {
        PictureSizes sizes = manifest.pictureSizes();
        if (sizes.scales().size() == 1) {
            size("defaults.width", defaults.width(), limits.minWidth(), limits.maxWidth());
            size("defaults.height", defaults.height(), limits.minHeight(), limits.maxHeight());
        } else {
            requireThat(
                    "defaults",
                    defaults.width() + "x" + defaults.height(),
                    sizes.scale(defaults.width(), defaults.height()).isPresent(),
                    sizes.describe());
        }
    }

    private void checkDecoding(Decoding tiles) throws BundleException {
        tile("LatentFrames", tiles.tileLatentFrames(), tiles.overlapLatentFrames());
        tile("LatentHeight", tiles.tileLatentHeight(), tiles.overlapLatentHeight());
        tile("LatentWidth", tiles.tileLatentWidth(), tiles.overlapLatentWidth());
        atLeast("decoding.chunkLatentFrames", tiles.chunkLatentFrames(), 1);
        Double noise = tiles.noise();
        requireThat("decoding.noise", noise, noise == null || noise > 0 && noise <= 1, "above 0 and up to 1");
    }

    private void checkPreview(@Nullable PreviewMatrix preview) throws BundleException {
        if (preview == null) {
            return;
        }
        int channels = manifest.latent().channels();
        requireThat(
                "preview.latentToRgb",
                preview.latentToRgb().size() + " rows",
                preview.latentToRgb().size() == channels,
                channels + ", one per channel");
        for (int c = 0; c < channels; c++) {
            checkColour("preview.latentToRgb[" + c + "]", preview.latentToRgb().get(c));
        }
        checkColour("preview.bias", preview.bias());
    }

    private void checkColour(String field, List<Double> values) throws BundleException {
        requireThat(field, values.size() + " numbers", values.size() == 3, "3: red, green and blue");
        for (Double value : values) {
            requireThat(field, value, Double.isFinite(value), "finite numbers");
        }
    }

    private void tile(String direction, int tile, int overlap) throws BundleException {
        atLeast("decoding.tile" + direction, tile, 1);
        within("decoding.overlap" + direction, overlap, 0, tile - 1);
    }

    private void size(String field, int value, int min, int max) throws BundleException {
        within(field, value, min, max);
        int multiple = manifest.limits().sizeMultiple();
        requireThat(field, value, value % multiple == 0, "multiples of " + multiple + " (limits.sizeMultiple)");
    }

    private void frames(String field, int value, int min, int max) throws BundleException {
        within(field, value, min, max);
        int step = manifest.latent().temporalCompression();
        int first = manifest.latent().causalFirstFrame() ? 1 : 0;
        requireThat(
                field,
                value,
                value % step == first % step,
                (first == 1 ? "1 + " : "") + "multiples of " + step + " (latent.temporalCompression)");
    }
}
