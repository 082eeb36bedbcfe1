package dev.galatea.standalone.parity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;

import dev.galatea.clips.onnx.UpscalerModels;
import dev.galatea.decoding.onnx.DecoderModels;
import dev.galatea.decoding.tiling.LatentDecoder;
import dev.galatea.decoding.tiling.LatentGeometry;
import dev.galatea.decoding.tiling.TilePlan;
import dev.galatea.decoding.tiling.TileSize;
import dev.galatea.decoding.tiling.TiledDecoder;
import dev.galatea.denoising.DenoisingConfig;
import dev.galatea.denoising.diffusion.ConditioningFrames;
import dev.galatea.denoising.diffusion.ConditioningLatents;
import dev.galatea.denoising.diffusion.ExactFrames;
import dev.galatea.denoising.diffusion.Guidance;
import dev.galatea.denoising.diffusion.Sampler;
import dev.galatea.denoising.diffusion.Scheduler;
import dev.galatea.denoising.diffusion.Schedulers;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.denoising.onnx.BundleModels;
import dev.galatea.denoising.onnx.ModelCache;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Conditioning;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxConfig;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.textconditioning.encoder.TextEncoder;

/** The parts of three services that turn a prompt into frames, without what carries their events. To be closed. */
final class Services implements AutoCloseable {

    private static final SmallRyeConfig CONFIG = new SmallRyeConfigBuilder()
            .withMapping(OnnxConfig.class)
            .withMapping(DenoisingConfig.class)
            .withSources(new PropertiesConfigSource(
                    Map.of(
                            "galatea.onnx.threads",
                            "1",
                            "galatea.onnx.provider",
                            System.getProperty("galatea.onnx.provider", "cpu")),
                    "test",
                    100))
            .build();

    private final Bundle bundle;
    private final OnnxConfig config = CONFIG.getConfigMapping(OnnxConfig.class);
    private final OnnxRuntime runtime = new OnnxRuntime(config, new SimpleMeterRegistry());
    private final ModelMemory memory = new ModelMemory(config);
    private final DecoderModels decoders = new DecoderModels(runtime, memory, new UpscalerModels(runtime, memory));
    private final TextEncoder encoder;
    private final ModelCache models;
    private final ModelCache.Lease lease;

    Services(Path directory, Path cache) throws Exception {
        this.bundle = new BundleLoader(cache).load(directory);
        this.encoder = TextEncoder.open(
                runtime,
                bundle.file("textEncoder"),
                bundle.file("tokenizer"),
                manifest().text());
        this.models = new ModelCache(runtime, memory, CONFIG.getConfigMapping(DenoisingConfig.class));
        this.lease = models.acquire(bundle);
    }

    BundleManifest manifest() {
        return bundle.manifest();
    }

    /** The embeddings of a text's tokens, f32 [L, D]. */
    Tensor encode(String text) throws Exception {
        return encoder.encode(text);
    }

    /** The scheduler of a reference. */
    Scheduler scheduler(Reference reference, int steps) {
        String name = reference.scheduler(manifest().scheduler().name());
        return Schedulers.create(
                name, manifest(), steps, reference.tensor("noise").shape(), reference.seed());
    }

    /** The state before the first step of a reference. */
    static SolverState start(Reference reference) {
        return SolverState.noise(reference.seed(), reference.tensor("noise").shape());
    }

    /**
     * The sampler of a reference: from its texts or, where it gives a part of the clip, from diffusers' embeddings of
     * them and that part.
     */
    Sampler sampler(Reference reference, int steps) throws Exception {
        Guidance guidance = new Guidance(
                Guidance.Scale.of(manifest(), reference.guidance()),
                Guidance.Interval.of(manifest()),
                manifest().guidanceRescale().floatValue(),
                reference.has("known") ? reference.tensor("context") : encode(reference.text("prompt")),
                reference.has("known")
                        ? reference.tensor("negative_context")
                        : encode(reference.text("negativePrompt")));
        BundleModels loaded = lease.models();
        return new Sampler(
                loaded.denoiser(), scheduler(reference, steps), guidance, given(reference), loaded.stepCache());
    }

    /** Samples without being stopped. */
    Tensor sample(Reference reference, int steps) throws Exception {
        return sampler(reference, steps)
                .run(start(reference), StepListeners.silent())
                .latents();
    }

    /** The latent frames that the sampler sets, whatever the denoiser makes of them. */
    int exactFrames(Reference reference) {
        boolean exact = reference.has("known") && manifest().conditioning() == Conditioning.PLACE;
        return exact ? (int) reference.tensor("known").shape()[1] : 0;
    }

    private ConditioningFrames given(Reference reference) {
        if (!reference.has("known")) {
            return ConditioningFrames.NONE;
        }
        Tensor known = reference.tensor("known");
        long[] shape = reference.tensor("noise").shape();
        List<Integer> mask = new ArrayList<>(Collections.nCopies((int) shape[1], PromptConditioned.UNKNOWN));
        if (manifest().conditioning() == Conditioning.CONCATENATE) {
            mask.set(0, PromptConditioned.STILL);
        } else {
            Collections.fill(mask.subList(0, (int) known.shape()[1]), PromptConditioned.EXACT);
            known = Reference.padded(known, shape);
        }
        Tensor seen = reference.has("image_embeddings") ? reference.tensor("image_embeddings") : null;
        return new ExactFrames(
                new ConditioningLatents(known, mask, seen), start(reference).latents());
    }

    /**
     * The frames of latents, [3, F, H, W], whole in space.
     *
     * @param chunk latent frames that a decoder with a state is given at once; others decode the clip in one tile
     */
    float[] decode(Tensor latents, int chunk) throws Exception {
        try (DecoderModels.Lease model = decoders.acquire(bundle)) {
            return decode(model.models().decoder(), latents, chunk);
        }
    }

    private float[] decode(LatentDecoder decoder, Tensor latents, int chunk) throws Exception {
        LatentGeometry geometry = geometry(latents.shape());
        int frames = decoder.carriesState() ? Math.min(chunk, geometry.frames()) : geometry.frames();
        TileSize size = new TileSize(frames, geometry.height(), geometry.width(), 0, 0, 0);
        TilePlan plan = decoder.carriesState() ? TilePlan.inChunks(geometry, size) : new TilePlan(geometry, size);
        int area = geometry.pixelHeight() * geometry.pixelWidth();
        float[] clip = new float[3 * geometry.clipFrames() * area];
        new TiledDecoder(decoder, plan, () -> {}).decode(latents.floats(), (index, frame) -> {
            for (int c = 0; c < 3; c++) {
                System.arraycopy(frame, c * area, clip, (c * geometry.clipFrames() + index) * area, area);
            }
        });
        return clip;
    }

    private LatentGeometry geometry(long[] shape) {
        BundleManifest.Latent latent = manifest().latent();
        return new LatentGeometry(
                (int) shape[0],
                (int) shape[1],
                (int) shape[2],
                (int) shape[3],
                latent.spatialCompression(),
                latent.temporalCompression(),
                latent.causalFirstFrame());
    }

    @Override
    public void close() {
        lease.close();
        encoder.close();
    }
}
