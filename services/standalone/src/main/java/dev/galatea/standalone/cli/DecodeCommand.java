package dev.galatea.standalone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import io.quarkus.arc.Arc;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.clips.ClipFiles;
import dev.galatea.decoding.ClipRequests;
import dev.galatea.decoding.clip.ClipDecoder;
import dev.galatea.decoding.clip.ClipModels;
import dev.galatea.decoding.clip.ClipObserver;
import dev.galatea.decoding.clip.ClipRequest;
import dev.galatea.decoding.config.DecodingConfig;
import dev.galatea.decoding.onnx.DecoderModels;
import dev.galatea.media.JobDirectory;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.id.JobId;
import dev.galatea.model.noise.DecoderNoise;
import dev.galatea.model.tensor.MalformedTensorException;
import dev.galatea.standalone.StandaloneSystem;

/** {@code ./galatea decode LATENTS}: what the decoding stage makes of latents. */
@Command(
        name = "decode",
        description = "Decodes latents that galatea encode wrote into an MP4, as the decoding stage does.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DecodeCommand implements Callable<Integer> {

    @Parameters(paramLabel = "LATENTS", description = "A safetensors file of galatea encode.")
    Path file = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The MP4 to write, or - for standard output (default: LATENTS.mp4).",
            converter = OutputOption.NameConverter.class)
    @Nullable
    Path out;

    @Option(
            names = "--scale",
            paramLabel = "N",
            description = "Draw the clip N times as wide and high by the bundle's upscaler (default: 1).")
    int scale = 1;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the noise that some models' decoders take, that of the clip (default: 0).")
    long seed;

    @Mixin
    DataDirectoryOption data = new DataDirectoryOption();

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        CommandFiles.requireReadable(spec, "LATENTS", file);
        OutputOption option = new OutputOption(spec);
        OutputTarget target = option.target(out == null ? Path.of(file + ".mp4") : out);
        option.requireOther(target, "LATENTS", file);
        Path directory = data.resolve();
        LatentsFile latents = latents(directory);
        Output output = Output.of(spec);
        return StandaloneSystem.inDirectory(directory).quiet().run(() -> {
            target.write(clip -> decode(latents, directory.resolve("work"), clip));
            target.path().ifPresent(output::path);
            return ExitCodes.DONE;
        });
    }

    private LatentsFile latents(Path directory) throws IOException {
        try {
            LatentsFile latents = LatentsFile.read(file);
            InstalledBundles bundles = InstalledBundles.read(spec, directory).orElse(null);
            if (bundles != null) {
                BundleManifest manifest = bundles.withDigest(latents.bundle())
                        .orElseThrow(() -> new IllegalArgumentException("was encoded by bundle " + latents.bundle()
                                + ", which is not here; valid are latents of the bundles that are"))
                        .manifest();
                latents.requireDecodable(manifest);
                requireScale(manifest);
            }
            return latents;
        } catch (MalformedTensorException | IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "LATENTS: " + file + ": " + e.getMessage(), e);
        }
    }

    private void requireScale(BundleManifest manifest) {
        List<Integer> scales = manifest.pictureSizes().scales();
        if (!scales.contains(scale)) {
            String valid = scales.stream().map(String::valueOf).collect(Collectors.joining(", "));
            throw new ParameterException(
                    spec.commandLine(),
                    "--scale: " + scale + " is not valid for model '" + manifest.name() + "'; valid "
                            + (scales.size() == 1 ? "is " : "are ") + valid);
        }
    }

    private void decode(LatentsFile latents, Path work, Path target) throws Exception {
        Bundle bundle = Arc.container().instance(BundleRepository.class).get().byDigest(latents.bundle());
        DecoderModels models = Arc.container().instance(DecoderModels.class).get();
        ClipDecoder decoder = Arc.container().instance(ClipDecoder.class).get();
        latents.requireDecodable(bundle.manifest());
        requireScale(bundle.manifest());
        try (JobDirectory directory = JobDirectory.create(work.resolve("decoding"), JobId.random());
                DecoderModels.Lease lease = models.acquire(bundle, scale)) {
            ClipModels model = lease.models();
            ClipRequest request = ClipRequests.of(
                    LongStream.of(latents.latents().shape()).boxed().toList(),
                    bundle.manifest(),
                    Arc.container().instance(DecodingConfig.class).get(),
                    scale,
                    model.decoder().carriesState());
            ClipFiles clip = decoder.decode(
                    request,
                    DecoderNoise.mixed(latents.latents(), bundle.manifest(), seed)
                            .floats(),
                    model,
                    new Unobserved(),
                    directory.path());
            Files.move(clip.video(), target);
        }
    }

    /** Ignores progress, because the command doesn't show any. */
    private static final class Unobserved implements ClipObserver {

        @Override
        public void beforeTile() {
            // Ctrl-C ends the process.
        }

        @Override
        public void framesDone(int done, int all) {
            // Short enough.
        }

        @Override
        public void uploading(long bytes) {
            // Nothing is uploaded.
        }
    }
}
