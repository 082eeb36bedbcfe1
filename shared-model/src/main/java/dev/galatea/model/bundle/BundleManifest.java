package dev.galatea.model.bundle;

import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.id.Sha256;

/**
 * The manifest {@code bundle.json} of a model bundle: every file with its digest, the latent geometry, the schedulers
 * and the defaults, and the limits that admission enforces. Its reference for authors is
 * {@code /bundle/bundle.schema.json}. All models share one canonical ONNX interface:
 *
 * <pre>
 * denoiser(latents f32[B,C,T,H,W], timestep f32[B], context f32[B,L,D], context_mask i64[B,L]) → prediction
 * f32[B,C,T,H,W]
 *     and, if it may be told a part of the clip, known f32[B,C,T,H,W] and known_mask i64[B,T]
 *     and, with an imageEncoder, image_embeddings f32[B,N,E]
 * decoder(latents f32[B,C,T,H,W]) → frames f32[B,3,F,H·s,W·s] in [-1,1]
 * encoder(frames f32[B,3,F,H,W]) → latents f32[B,C,T,H/s,W/s]
 *     and both, if they carry a state from chunk to chunk, first i64[1], state.* f32[B,C,n,H·k,W·k] → next.*
 * imageEncoder(pictures f32[B,3,H,W] in [-1,1]) → embeddings f32[B,N,E]
 * upscalerX2(pictures f32[N,3,H,W] in [-1,1]) → upscaled f32[N,3,2H,2W] in [-1,1], likewise for other scales
 * probe(the denoiser's inputs) → probe f32[B,N,P], what enters the first block of the denoiser
 * interpolator(first f32[N,3,H,W], second f32[N,3,H,W], both in [-1,1], time f32[N] in [0,1]) → frame f32[N,3,H,W]
 * </pre>
 *
 * Latents are in a normalised space (about unit variance); the graphs apply {@code mean} and {@code std}.
 *
 * @param format one of {@link #FORMATS}
 * @param files by role: {@code denoiser}, {@code decoder}, {@code encoder}, {@code textEncoder}, {@code tokenizer},
 *     {@link ImageEmbeddings#ROLE}, {@link StepCaching#PROBE_ROLE}, {@link #INTERPOLATOR}, and those of
 *     {@link Upscalers}
 * @param scheduler the scheduler of a job that names none
 * @param otherSchedulers further schedulers that a job may name; none unless the manifest lists some
 * @param guidanceInterval the noise levels that guidance is applied at; all unless the manifest says so
 * @param guidanceRescale the part, from 0 to 1, by which guided predictions are brought back to the spread of the
 *     prompt's own (Lin et al., 2024, section 3.4); 0 unless the manifest says so
 * @param experts how two denoisers share a run; absent if one goes all the way
 * @param fps frames per second of the clips
 * @param references the kinds of media that a clip can be made from, of {@link #REFERENCES}; none unless the manifest
 *     lists some
 * @param conditioning the way in which pictures are told to the denoiser; {@code PLACE} unless the manifest says so
 * @param preview the way to paint previews without the decoder; null if the decoder paints them
 * @param referenceRequired true if there is no clip without one of {@code references}; false unless the manifest says
 *     so
 * @param imageEmbeddings what the denoiser is told of the clip's first picture beside its latents; null if nothing
 * @param stepCaching when a step goes without the denoiser; null if never
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
        SchedulerConfig scheduler,
        List<SchedulerConfig> otherSchedulers,
        GuidanceInterval guidanceInterval,
        @Since(2) Double guidanceRescale,
        @Since(2) @Nullable Experts experts,
        Defaults defaults,
        int fps,
        Limits limits,
        Decoding decoding,
        List<String> references,
        @Since(2) Conditioning conditioning,
        @Since(2) @Nullable PreviewMatrix preview,
        @Since(2) Boolean referenceRequired,
        @Since(2) @Nullable ImageEmbeddings imageEmbeddings,
        @Since(2) @Nullable StepCaching stepCaching) {

    /** The role of the model that makes frames between others. */
    public static final String INTERPOLATOR = "interpolator";

    /** The most frames per second that clips are interpolated to. */
    private static final int MAX_FPS = 120;

    /** The formats that this class reads, from version 1 on. */
    public static final List<String> FORMATS = List.of("galatea-bundle/1", "galatea-bundle/2");

    /** The format with all fields. */
    public static final String FORMAT = "galatea-bundle/2";

    /**
     * Pictures that the clip begins or ends with, a video to vary, and one to continue; all of them need an encoder.
     */
    public static final Set<String> REFERENCES = Set.of("first_frame", "last_frame", "video", "extension");

    public BundleManifest {
        otherSchedulers = otherSchedulers == null ? List.of() : List.copyOf(otherSchedulers);
        guidanceInterval = guidanceInterval == null ? GuidanceInterval.ALWAYS : guidanceInterval;
        guidanceRescale = guidanceRescale == null ? Double.valueOf(0) : guidanceRescale;
        references = references == null ? List.of() : List.copyOf(references);
        conditioning = conditioning == null ? Conditioning.PLACE : conditioning;
        referenceRequired = Boolean.TRUE.equals(referenceRequired);
    }

    /** All schedulers that a job may name, the default first. */
    public List<SchedulerConfig> schedulers() {
        return Stream.concat(Stream.of(scheduler), otherSchedulers.stream()).toList();
    }

    /** The scheduler of a name; empty if this bundle's jobs may not name it. */
    public Optional<SchedulerConfig> scheduler(String name) {
        return schedulers().stream()
                .filter(config -> config.name().equals(name))
                .findFirst();
    }

    /** The numbers of steps that jobs can have; a scheduler may have but one. */
    public Grid stepCounts() {
        IntSummaryStatistics fixed = schedulers().stream()
                .mapToInt(config -> config.fixedSteps().orElse(0))
                .summaryStatistics();
        return fixed.getMin() > 0
                ? new Grid(fixed.getMin(), fixed.getMax(), 0, 1)
                : new Grid(1, limits.maxSteps(), 0, 1);
    }

    /** The lowest timestep at which the role {@code denoiser} predicts; 0 if it goes all the way. */
    public float expertBoundary() {
        return experts == null ? 0 : (float) (experts.boundary() * scheduler.trainTimesteps());
    }

    /** Valid sizes of a clip. */
    public PictureSizes pictureSizes() {
        return new PictureSizes(
                new Grid(limits.minWidth(), limits.maxWidth(), 0, limits.sizeMultiple()),
                new Grid(limits.minHeight(), limits.maxHeight(), 0, limits.sizeMultiple()),
                Upscalers.scales(files));
    }

    /** The lengths, in frames, that the decoder's temporal compression can make. */
    public Grid lengths() {
        return new Grid(
                Math.max(1, limits.minFrames()),
                limits.maxFrames(),
                latent.causalFirstFrame() ? 1 : 0,
                latent.temporalCompression());
    }

    /** The frames per second that frames can be added for; empty if the bundle has no model for it. */
    public Optional<Grid> interpolatedFps() {
        return files.containsKey(INTERPOLATOR) && fps < MAX_FPS
                ? Optional.of(new Grid(fps + 1, MAX_FPS, 0, 1))
                : Optional.empty();
    }

    /** The numbers of frames that can be added to a clip at once; empty if the model's clips are too short for it. */
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
     * @param variants other files of the model, of which a worker takes the first that is for its provider; none unless
     *     the manifest lists some
     */
    public record FileEntry(
            @Nullable String path,
            @Nullable String classpath,
            Sha256 sha256,
            long bytes,
            @Since(2) List<FileVariant> variants) {

        public FileEntry {
            variants = variants == null ? List.of() : List.copyOf(variants);
        }

        /** A file without variants. */
        public FileEntry(@Nullable String path, @Nullable String classpath, Sha256 sha256, long bytes) {
            this(path, classpath, sha256, bytes, List.of());
        }

        /** The path, or the name of the resource. */
        public String place() {
            return path != null ? path : String.valueOf(classpath);
        }
    }

    /**
     * The interface of the text encoder, and the rules by which a prompt becomes what the denoiser is conditioned on.
     *
     * @param maxTokens longer prompts are cut; the closing special token stays
     * @param dim width of an embedding
     * @param inputs the graph's inputs, of {@link #INPUTS}; all of them unless the manifest says so
     * @param output the graph's output that holds the embeddings; absent means the first of shape [1, tokens, dim]
     * @param cleaning what happens to a prompt before the tokenizer; nothing unless the manifest says so
     * @param encoderPadding the padding that the text encoder sees; absent means none
     * @param contextPadding the padding that the denoiser sees; absent means up to the longest of a batch, masked
     */
    public record Text(
            int maxTokens,
            int dim,
            List<String> inputs,
            @Nullable String output,
            @Since(2) Cleaning cleaning,
            @Since(2) @Nullable EncoderPadding encoderPadding,
            @Since(2) @Nullable ContextPadding contextPadding) {

        /** The inputs that text encoders can be given, each i64 [1, tokens]. */
        public static final List<String> INPUTS = List.of(Text.INPUT_IDS, Text.ATTENTION_MASK, "token_type_ids");

        /** The input that no text encoder is without. */
        public static final String INPUT_IDS = "input_ids";

        /** The input that tells tokens from padding. */
        public static final String ATTENTION_MASK = "attention_mask";

        public Text {
            inputs = inputs == null ? INPUTS : List.copyOf(inputs);
            cleaning = cleaning == null ? Cleaning.NONE : cleaning;
        }

        /** A text encoder without cleaning or padding. */
        public Text(int maxTokens, int dim, List<String> inputs, @Nullable String output) {
            this(maxTokens, dim, inputs, output, Cleaning.NONE, null, null);
        }

        /** A text encoder with all inputs and one output. */
        public Text(int maxTokens, int dim) {
            this(maxTokens, dim, INPUTS, null);
        }
    }

    /** What happens to a prompt before the tokenizer. */
    public enum Cleaning {
        /** Nothing. */
        NONE("none"),
        /**
         * As Wan's pipeline does: garbled text is repaired, references of HTML are replaced, white space is collapsed.
         */
        WAN("wan");

        private final String wireName;

        Cleaning(String wireName) {
            this.wireName = wireName;
        }

        /** The name in the manifest. */
        @JsonValue
        public String wireName() {
            return wireName;
        }
    }

    /**
     * The padding that the text encoder sees; embeddings of the prompt's own tokens alone are kept.
     *
     * @param to tokens with padding
     * @param id the token that pads
     * @param masked true if the encoder's attention mask is 0 there
     */
    public record EncoderPadding(int to, int id, boolean masked) {}

    /**
     * The padding of zeros that the denoiser sees after the embeddings.
     *
     * @param to rows with padding
     * @param masked true if the denoiser's context mask is 0 there
     */
    public record ContextPadding(int to, boolean masked) {}

    /**
     * The latent space.
     *
     * @param spatialCompression pixels per latent position, in each direction
     * @param temporalCompression frames per latent frame
     * @param causalFirstFrame true if the first latent frame stands for one frame only (lengths are then 1 + k·t)
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

        /** Latent frames that a denoiser is told of what it continues: one alone may stand for a frame, unmoved. */
        private static final int TOLD = 2;

        /** Frames at the end of what is continued that the denoiser is told. */
        public int toldFrames() {
            return frames(TOLD);
        }

        /**
         * Frames that a continuation has in common with the end of what it continues: those that the denoiser is told,
         * and after them one latent frame of its own, over which the one fades into the other.
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

    /** The meaning of the denoiser's output for latents x = α·clean + σ·noise. */
    public enum Prediction {
        /** The velocity noise − clean of a flow (α = 1 − σ). */
        FLOW("flow"),
        /** The noise. */
        EPSILON("epsilon"),
        /** The velocity α·noise − σ·clean of a process that keeps the variance (α² + σ² = 1). */
        V("v"),
        /** The clean latents. */
        SAMPLE("sample");

        private final String wireName;

        Prediction(String wireName) {
            this.wireName = wireName;
        }

        /** The name in the manifest. */
        @JsonValue
        public String wireName() {
            return wireName;
        }
    }

    /**
     * The noise levels at which there is classifier-free guidance, both included; at others the denoiser runs on the
     * prompt alone, in half the time (Kynkäänniemi et al., 2024). As parts of {@code trainTimesteps}: a flow's sigmas.
     */
    public record GuidanceInterval(double lowest, double highest) {

        /** All noise levels. */
        public static final GuidanceInterval ALWAYS = new GuidanceInterval(0, 1);
    }

    /** The settings of a prompt that does not name others. */
    public record Defaults(int width, int height, int frames, int steps, double guidance, String negativePrompt) {}

    /**
     * The limits within which admission accepts a prompt. Those of sizes are of what the denoiser works at; clips of
     * upscalers are larger.
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

    /** The entry of a role; a bundle without it is refused. */
    public FileEntry file(String role) {
        FileEntry entry = files.get(role);
        if (entry == null) {
            throw new IllegalArgumentException("files." + role + ": is missing in bundle '" + name + "'");
        }
        return entry;
    }
}
