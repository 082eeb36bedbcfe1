package dev.galatea.standalone.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;

import io.quarkus.arc.Arc;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.encoding.media.FrameRequest;
import dev.galatea.encoding.media.MediaReader;
import dev.galatea.encoding.media.MediaRefusedException;
import dev.galatea.encoding.onnx.EncoderModels;
import dev.galatea.media.JobDirectory;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Fit;
import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.standalone.StandaloneSystem;
import dev.galatea.standalone.cli.GenerateOptions.Size;
import dev.galatea.standalone.cli.GenerateOptions.SizeConverter;
import dev.galatea.worker.WorkerConfig;

/** {@code ./galatea encode FILE}: what the encoding stage makes of a picture or video. */
@Command(
        name = "encode",
        description = "Encodes a picture or video into latents, as the encoding stage does.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class EncodeCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "A picture (JPEG, PNG, WebP) or a video (MP4, WebM).")
    Path file = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The safetensors file to write, or - for standard output (default: FILE.safetensors).",
            converter = OutputOption.NameConverter.class)
    @Nullable
    Path out;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            description = "Size in pixels to fit it to (default: the model's).",
            converter = SizeConverter.class)
    @Nullable
    Size size;

    @Option(
            names = "--frames",
            paramLabel = "N",
            description =
                    "Number of frames to take of a video; a shorter one repeats its last frame (default: the model's).")
    @Nullable
    Integer frames;

    @Option(names = "--fit", paramLabel = "HOW", description = "crop or pad (default: crop).")
    @Nullable
    Fit fit;

    @Option(
            names = "--background",
            paramLabel = "COLOUR",
            description = "The colour behind transparent files, #rrggbb (default: #ffffff, white).",
            converter = ColourConverter.class)
    @Nullable
    Integer background;

    @Option(names = "--model", paramLabel = "NAME", description = "The model bundle (default: pebble).")
    @Nullable
    String model;

    @Mixin
    DataDirectoryOption data = new DataDirectoryOption();

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        boolean video = CommandFiles.requireMedia(spec, "FILE", file).isVideo();
        OutputOption option = new OutputOption(spec);
        OutputTarget target = option.target(out == null ? Path.of(file + ".safetensors") : out);
        option.requireOther(target, "FILE", file);
        Path directory = data.resolve();
        InstalledBundles.read(spec, directory)
                .ifPresent(bundles -> checkRequest(video, bundles.named(model).manifest()));
        Output output = Output.of(spec);
        return StandaloneSystem.inDirectory(directory).quiet().run(() -> encode(video, target, output));
    }

    private void checkRequest(boolean video, BundleManifest manifest) {
        try {
            request(video, manifest);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private int encode(boolean video, OutputTarget target, Output output) throws Exception {
        BundleRepository bundles =
                Arc.container().instance(BundleRepository.class).get();
        Bundle bundle = model == null ? bundles.defaultBundle() : bundles.byName(model);
        try {
            FrameRequest request = request(video, bundle.manifest());
            MediaReader reader = Arc.container().instance(MediaReader.class).get();
            EncoderModels models = Arc.container().instance(EncoderModels.class).get();
            try (EncoderModels.Lease model = models.acquire(bundle);
                    JobDirectory scratch = JobDirectory.create(workDirectory(), JobId.random())) {
                Tensor latents = model.encoder().encode(reader.read(file, request, scratch.path()));
                LatentsFile encoded = new LatentsFile(latents, bundle.digest());
                target.write(encoded::write);
            }
        } catch (MediaRefusedException | IllegalArgumentException e) {
            output.problem(file + ": " + e.getMessage());
            return ExitCodes.WRONG_USE;
        }
        target.path().ifPresent(output::path);
        return ExitCodes.DONE;
    }

    private static Path workDirectory() {
        return Arc.container().instance(WorkerConfig.class).get().workDir().resolve("encode");
    }

    private FrameRequest request(boolean video, BundleManifest manifest) {
        BundleManifest.Latent latent = manifest.latent();
        int first = latent.causalFirstFrame() ? 1 : 0;
        int still = first == 1 ? 1 : latent.temporalCompression();
        int byDefault = video ? manifest.defaults().frames() : still;
        int count = frames == null ? byDefault : frames;
        if (count < 1 || (count - first) % latent.temporalCompression() != 0) {
            throw new IllegalArgumentException("--frames: " + count + " is not valid; valid are " + first + " + k · "
                    + latent.temporalCompression());
        }
        BundleManifest.Defaults defaults = manifest.defaults();
        // Latents are of the size before an upscaler.
        int scale = manifest.pictureSizes()
                .scale(defaults.width(), defaults.height())
                .orElse(1);
        int width = size == null ? defaults.width() / scale : size.width();
        int height = size == null ? defaults.height() / scale : size.height();
        int unit = latent.spatialCompression();
        if (width < unit || height < unit || width % unit != 0 || height % unit != 0) {
            throw new IllegalArgumentException(
                    "--size: " + width + "x" + height + " is not valid; valid are multiples of " + unit);
        }
        return new FrameRequest(
                video,
                count,
                manifest.fps(),
                width,
                height,
                fit == Fit.PAD,
                background == null ? FrameRequest.WHITE : background);
    }

    /** Reads {@code #rrggbb} as 0xRRGGBB. */
    static final class ColourConverter implements ITypeConverter<Integer> {

        @Override
        public Integer convert(String text) {
            if (!ReferenceMedia.isColour(text)) {
                throw OptionValues.wrong(text, "is not a colour; valid is for instance #ffffff");
            }
            return Integer.valueOf(text.substring(1), 16);
        }
    }
}
