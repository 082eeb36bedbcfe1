package dev.galatea.standalone.cli;

import java.nio.file.Path;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;

/** The options that describe the clip. Values are only parsed here; admission alone decides which a model accepts. */
final class GenerateOptions {

    private static final int MAX_FILE_NAME = 60;

    @Parameters(paramLabel = "PROMPT", description = "What the clip shows.")
    String prompt = "";

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The MP4 to write, or - for standard output (default: named after the prompt).",
            converter = OutputOption.NameConverter.class)
    @Nullable
    Path out;

    @Option(names = "--negative", paramLabel = "TEXT", description = "What the clip should not show.")
    @Nullable
    String negative;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the noise; the same seed gives the same clip.")
    @Nullable
    Long seed;

    @Option(names = "--steps", paramLabel = "N", description = "Denoising steps.")
    @Nullable
    Integer steps;

    @Option(names = "--guidance", paramLabel = "X", description = "How closely the clip follows the prompt.")
    @Nullable
    Double guidance;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            description = "Size in pixels, such as 128x128.",
            converter = SizeConverter.class)
    @Nullable
    Size size;

    @ArgGroup
    @Nullable
    Length length;

    @Mixin
    ReferenceOptions reference = new ReferenceOptions();

    @Option(names = "--model", paramLabel = "NAME", description = "The model bundle (default: pebble).")
    @Nullable
    String model;

    @Option(names = "--scheduler", paramLabel = "NAME", description = "The sampler (default: the model's first).")
    @Nullable
    String scheduler;

    @Option(
            names = "--upscale",
            paramLabel = "N",
            description = "Draw the clip N times as wide and high, if the model has an upscaler for it.")
    @Nullable
    Integer upscale;

    @Option(
            names = "--interpolate-to-fps",
            paramLabel = "N",
            description = "Add frames for N frames per second, if the model has an interpolator.")
    @Nullable
    Integer interpolateToFps;

    @Option(
            names = "--whole-prompt",
            description = "Refuse a prompt that the model would not read to its end, instead of warning.")
    boolean wholePrompt;

    @Option(names = "--json", description = "Print one JSON object about the result last on standard output.")
    boolean json;

    /** Seconds or frames, not both. */
    static final class Length {

        @Option(names = "--seconds", paramLabel = "S", description = "Length in seconds.")
        @Nullable
        Double seconds;

        @Option(names = "--frames", paramLabel = "N", description = "Length in frames.")
        @Nullable
        Integer frames;
    }

    /** Width and height in pixels. */
    record Size(int width, int height) {}

    /** Reads {@code WxH}. */
    static final class SizeConverter implements ITypeConverter<Size> {

        @Override
        public Size convert(String text) {
            String[] parts = text.toLowerCase(Locale.ROOT).split("x", -1);
            try {
                if (parts.length == 2) {
                    return new Size(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
                }
            } catch (NumberFormatException e) {
                // Answered below, like any other text that is not a size.
            }
            throw new TypeConversionException("'" + text + "' is not a size; valid is for instance 128x128");
        }
    }

    PromptSubmitted toEvent(JobId jobId, @Nullable ReferenceMedia reference) {
        GenerationSettings settings = GenerationSettings.builder()
                .negativePrompt(negative)
                .model(model)
                .width(size == null ? null : size.width())
                .height(size == null ? null : size.height())
                .frames(length == null ? null : length.frames)
                .steps(steps)
                .guidance(guidance)
                .seed(seed)
                .scheduler(scheduler)
                .upscale(upscale)
                .interpolateToFps(interpolateToFps)
                .reference(reference)
                .build();
        return PromptSubmitted.of(jobId, prompt, settings)
                .withSeconds(length == null ? null : length.seconds)
                .withTruncate(wholePrompt ? false : null);
    }

    Path outputFile() {
        if (out != null) {
            return out;
        }
        String name =
                prompt.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        if (name.length() > MAX_FILE_NAME) {
            name = name.substring(0, MAX_FILE_NAME);
        }
        return Path.of((name.isEmpty() ? "clip" : name) + ".mp4");
    }
}
