package dev.galatea.model.bundle;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.Sha256;

/**
 * The manifest {@code bundle.json} of a model bundle: every file with its digest, the latent geometry, the sampler and
 * its defaults, and the limits that admission enforces. All models share one canonical ONNX interface:
 *
 * <pre>
 * denoiser(latents f32[B,C,T,H,W], timestep f32[B], context f32[B,L,D], context_mask i64[B,L]) → prediction f32[B,C,T,H,W]
 *     and, if it may be told a part of the clip, known f32[B,C,T,H,W] and known_mask i64[B,T]
 * decoder(latents f32[B,C,T,H,W]) → frames f32[B,3,F,H·s,W·s] in [-1,1]
 * encoder(frames f32[B,3,F,H,W]) → latents f32[B,C,T,H/s,W/s]
 * </pre>
 *
 * Latents are in a normalised space (about unit variance); the graphs apply {code mean} and {@code std}.
 *
 * @param format {@link #FORMAT}
 * @param files by role: {@code denoiser}, {@code decoder}, {@code encoder}, {@code textEncoder}, {@code tokenizer}
 * @param guidanceInterval when there is guidance; at all noise levels unless the manifest says so
 * @param fps frames per second of the clips
 * @param references what a clip can be made from beside text, of {@link #REFERENCES}; none unless the manifest says so
 */
public record BundleManifest(
        String format,
        String name,
        String version,
        String license,
        String description,
        Map<String, FileEntry> files,
        Text text,
        Latent latent,
        Prediction prediction,
        Scheduler scheduler,
        GuidanceInterval guidanceInterval,
        Defaults defaults,
        int fps,
        Limits limits,
        Decoding decoding,
        List<String> references) {

    /** The format that this class reads. */
    public static final String FORMAT = "galatea-bundle/1";

    /** Pictures that the clip begins or ends with, a video to vary, and one to continue; all of them need an encoder. */
    public static final Set<String> REFERENCES = Set.of("first_frame", "last_frame", "video", "extension");

    public BundleManifest {
        guidanceInterval = guidanceInterval == null ? GuidanceInterval.ALWAYS : guidanceInterval;
        references = references == null ? List.of() : List.copyOf(references);
    }

    /** Valid widths of a clip. */
    public Grid widths() {
        return new Grid(limits.minWidth(), limits.maxWidth(), 0, limits.sizeMultiple());
    }

    /** Valid heights of a clip. */
    public Grid heights() {
        return new Grid(limits.minHeight(), limits.maxHeight(), 0, limits.sizeMultiple());
    }

    /** The lengths, in frames, that the decoder's temporal compression can make. */
    public Grid lengths() {
        return new Grid(
                Math.max(1, limits.minFrames()),
                limits.maxFrames(),
                latent.causalFirstFrame() ? 1 : 0,
                latent.temporalCompression());
    }

    /** How many frames can be added to a clip at once; empty if none, because the model's clips are too short. */
    public Optional<Grid> extensions() {
        Grid lengths = lengths();
        int shared = latent.sharedFrames();
        if (lengths.highest() <= shared) {
            return Optional.empty();
        }
        return Optional.of(new Grid(
                Math.max(1, lengths.lowest() - shared),
                lengths.highest() - shared,
                Math.floorMod(lengths.first() - shared, lengths.step()),
                lengths.step()));
    }

    /**
     * A file of the bundle: either inside its directory, or a resource on the class path (a text encoder from Maven
     * Central).
     *
     * @param path relative to the bundle's directory
     * @param classpath name of a class-path resource
     */
    public record FileEntry(@Nullable String path, @Nullable String classpath, Sha256 sha256, long bytes) {}

    /**
     * The text encoder's geometry.
     *
     * @param maxTokens longer prompts are cut
     * @param dim width of an embedding
     */
    public record Text(int maxTokens, int dim) {}

    /**
     * The latent space.
     *
     * @param spatialCompression pixels per latent position, in each direction
     * @param temporalCompression frames per latent frame
     * @param causalFirstFrame whether the first latent frame stands for one frame only (lengths are then 1 + k·t)
     * @param patch latent positions per token, in each direction
     */
    public record Latent(
            int channels,
            int spatialCompression,
            int temporalCompression,
            boolean causalFirstFrame,
            int patch,
            List<Double> mean,
            List<Double> std) {

        /** Latent frames that a denoiser is told of what it continues: one alone may stand for a single frame, without motion. */
        private static final int TOLD = 2;

        /** Frames at the end of what is continued that the denoiser is told. */
        public int toldFrames() {
            return frames(TOLD);
        }

        /**
         * Frames that a continuation has in common with the end of what it continues: those that the denoiser is told, and
         * after them one latent frame of its own, over which the one fades into the other.
         */
        public int sharedFrames() {
            return frames(TOLD + 1);
        }

        private int frames(int latentFrames) {
            return causalFirstFrame ? 1 + (latentFrames - 1) * temporalCompression : latentFrames * temporalCompression;
        }

        /** Latent frames of a clip of {@code frames} frames. */
        public int latentFrames(int frames) {
            return causalFirstFrame ? 1 + (frames - 1) / temporalCompression : frames / temporalCompression;
        }

        /** Shape [C, T, H, W] of the latents of a clip. */
        public long[] shape(int frames, int height, int width) {
            return new long[] {channels, latentFrames(frames), height / spatialCompression, width / spatialCompression};
        }
    }

    /** What the denoiser predicts. */
    public enum Prediction {
        /** Velocity: noise − x0 (rectified flow). */
        FLOW("flow"),
        /** The noise. */
        EPSILON("epsilon"),
        /** v-prediction (progressive distillation). */
        V("v");

        private final String wireName;

        Prediction(String wireName) {
            this.wireName = wireName;
        }

        /** The name in the manifest. */
        @JsonValue
        public String wireName() {
            return wireName;
        }

        /** Reads the name in the manifest. */
        @JsonCreator
        public static Prediction parse(String text) {
            for (Prediction candidate : values()) {
                if (candidate.wireName.equals(text)) {
                    return candidate;
                }
            }
            throw new IllegalArgumentException("prediction: '" + text + "' is not known; valid are flow, epsilon, v");
        }
    }

    /**
     * The sampler.
     *
     * @param name such as {@code flow-match-euler}
     * @param shift static timestep shift; 1 is none
     * @param trainTimesteps what a sigma of 1 is as a timestep
     */
    public record Scheduler(String name, double shift, int trainTimesteps) {}

    /**
     * The noise levels at which there is classifier-free guidance, both included; at others the denoiser runs on the
     * prompt alone, in half the time (Kynkäänniemi et al., 2024). As parts of {@code trainTimesteps}: a flow's sigmas.
     */
    public record GuidanceInterval(double lowest, double highest) {

        /** All noise levels. */
        public static final GuidanceInterval ALWAYS = new GuidanceInterval(0, 1);
    }

    /** What a prompt that says nothing else gets. */
    public record Defaults(int width, int height, int frames, int steps, double guidance, String negativePrompt) {}

    /**
     * What admission accepts.
     *
     * @param sizeMultiple width and height are multiples of this
     */
    public record Limits(
            int minWidth,
            int maxWidth,
            int minHeight,
            int maxHeight,
            int sizeMultiple,
            int minFrames,
            int maxFrames,
            int maxSteps,
            double maxGuidance,
            int maxPromptChars) {}

    /** How the decoder is run: tile sizes and overlaps, in latent positions. */
    public record Decoding(
            int tileLatentFrames,
            int tileLatentHeight,
            int tileLatentWidth,
            int overlapLatentFrames,
            int overlapLatentHeight,
            int overlapLatentWidth) {}

    /** The entry of a role; a bundle without it is refused. */
    public FileEntry file(String role) {
        FileEntry entry = files.get(role);
        if (entry == null) {
            throw new IllegalArgumentException("files." + role + ": is missing in bundle '" + name + "'");
        }
        return entry;
    }
}
