package dev.galatea.denoising.onnx;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.denoising.Settings;
import dev.galatea.denoising.diffusion.ConditioningFrames;
import dev.galatea.denoising.diffusion.ConditioningLatents;
import dev.galatea.denoising.diffusion.ExactFrames;
import dev.galatea.denoising.diffusion.Guidance;
import dev.galatea.denoising.diffusion.SampledStep;
import dev.galatea.denoising.diffusion.Sampler;
import dev.galatea.denoising.diffusion.Scheduler;
import dev.galatea.denoising.diffusion.Schedulers;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.denoising.diffusion.StepListener;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest.Defaults;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxRuntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The shipped bundle gives in Java what it gives in Python; see {@code src/test/python/make_reference.py}. */
class PebbleParityTest {

    private static final String REFERENCE = "/reference/pebble-seed7.safetensors";
    private static final Path PEBBLE = Path.of(System.getProperty("repository.root", "../.."), "models", "pebble");

    @TempDir
    Path cache;

    private final ModelCache models = new ModelCache(
            new OnnxRuntime(Settings.onnx(), new SimpleMeterRegistry()),
            new ModelMemory(Settings.onnx()),
            Settings.denoising());

    @BeforeEach
    void requireBundle() {
        assumeThat(Files.isRegularFile(PEBBLE.resolve(BundleLoader.MANIFEST)))
                .as("%s is not there, so there is nothing to compare", PEBBLE)
                .isTrue();
    }

    @Test
    void shouldGiveTheLatentsThatPythonGives_forPromptAndSeed() throws Exception {
        Bundle bundle = new BundleLoader(cache).load(PEBBLE);
        SafeTensorsFile reference = reference();
        assertThat(reference.metadata().get("bundle"))
                .as("the reference was made for another bundle; run make_reference.py")
                .isEqualTo(bundle.digest().hex());
        try (ModelCache.Lease lease = models.acquire(bundle)) {
            Tensor latents = sample(bundle, lease.models(), reference, null);
            assertThat(latents.floats())
                    .containsExactly(reference.tensor("latents").floats(), within(1e-3f));
            BufferedImage preview =
                    ImageIO.read(new ByteArrayInputStream(lease.models().preview(latents)));
            long[] shape = latents.shape();
            int compression = bundle.manifest().latent().spatialCompression();
            assertThat(preview.getWidth()).isEqualTo((int) shape[3] * compression);
            assertThat(preview.getHeight()).isEqualTo((int) shape[2] * compression);
        }
    }

    @Test
    void shouldGiveTheLatentsThatPythonGives_whenAPartIsKnown() throws Exception {
        Bundle bundle = new BundleLoader(cache).load(PEBBLE);
        SafeTensorsFile reference = reference();
        List<Integer> mask = new ArrayList<>();
        LongBuffer frames = reference.tensor("knownMask").bytes().asLongBuffer();
        while (frames.hasRemaining()) {
            mask.add((int) frames.get());
        }
        ConditioningLatents known = new ConditioningLatents(reference.tensor("known"), mask);
        try (ModelCache.Lease lease = models.acquire(bundle)) {
            Tensor latents = sample(bundle, lease.models(), reference, known);
            assertThat(latents.floats())
                    .containsExactly(reference.tensor("toldLatents").floats(), within(1e-3f));
        }
    }

    private static Tensor sample(
            Bundle bundle, BundleModels models, SafeTensorsFile reference, @Nullable ConditioningLatents known) {
        Defaults defaults = bundle.manifest().defaults();
        long[] shape = reference.tensor("latents").shape();
        Scheduler scheduler =
                Schedulers.create(bundle.manifest().scheduler().name(), bundle.manifest(), defaults.steps(), shape, 7);
        Guidance guidance = new Guidance(
                (float) defaults.guidance(),
                Guidance.Interval.of(bundle.manifest()),
                reference.tensor("prompt"),
                reference.tensor("negativePrompt"));
        SolverState start =
                SolverState.noise(Long.parseLong(reference.metadata().get("seed")), shape);
        ConditioningFrames given = known == null ? ConditioningFrames.NONE : new ExactFrames(known, start.latents());
        return new Sampler(models.denoiser(), scheduler, guidance, given, models.stepCache())
                .run(start, new Silent())
                .latents();
    }

    private static SafeTensorsFile reference() throws Exception {
        try (InputStream in = PebbleParityTest.class.getResourceAsStream(REFERENCE)) {
            assumeThat(in)
                    .as("%s is not there yet; make_reference.py makes it", REFERENCE)
                    .isNotNull();
            return SafeTensors.read(in.readAllBytes());
        }
    }

    private static final class Silent implements StepListener<RuntimeException> {

        @Override
        public void beforeStep(SolverState state) {}

        @Override
        public void afterStep(SampledStep step) {}
    }
}
