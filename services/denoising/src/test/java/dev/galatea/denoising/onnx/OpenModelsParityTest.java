package dev.galatea.denoising.onnx;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.denoising.Settings;
import dev.galatea.denoising.diffusion.Guidance;
import dev.galatea.denoising.diffusion.SampledStep;
import dev.galatea.denoising.diffusion.Sampler;
import dev.galatea.denoising.diffusion.Scheduler;
import dev.galatea.denoising.diffusion.Schedulers;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.denoising.diffusion.StepListener;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.testsupport.TinyBundles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Samples with tiny bundles of real architectures, by their checkpoints' own schedulers, against diffusers' pipelines.
 */
class OpenModelsParityTest {

    @TempDir
    Path directory;

    private final OnnxRuntime runtime = new OnnxRuntime(Settings.onnx(), new SimpleMeterRegistry());

    private Bundle bundle;
    private JsonNode request;
    private Map<String, Tensor> reference;

    @ParameterizedTest
    @CsvSource({"wan21-tiny, 6", "wan21-tiny, 20", "wan22-a14b-tiny, 6", "wan22-a14b-tiny, 20"})
    void shouldEndWhereDiffusersEnds(String name, int steps) throws Exception {
        open(name);

        assertThat(sampled(steps, 2).floats())
                .containsExactly(reference.get("latents." + steps).floats(), within(2e-5f));
    }

    @ParameterizedTest
    @CsvSource({"wan21-tiny", "wan22-a14b-tiny"})
    void shouldEndAtTheSame_whenTextsAreRunOneAfterTheOther(String name) throws Exception {
        open(name);

        assertThat(sampled(6, 1).floats()).containsExactly(sampled(6, 2).floats(), within(1e-5f));
    }

    private void open(String name) throws Exception {
        Path copy = TinyBundles.copy(name, directory);
        bundle = new BundleLoader(directory.resolve("cache")).load(copy);
        request = new ObjectMapper().readTree(copy.resolve("text-to-video.json").toFile());
        reference = SafeTensors.read(Files.readAllBytes(copy.resolve("text-to-video.safetensors")))
                .tensors();
    }

    private Tensor sampled(int steps, int guidanceBatch) throws Exception {
        BundleManifest manifest = bundle.manifest();
        long seed = request.get("seed").longValue();
        long[] shape = reference.get("noise").shape();
        Scheduler scheduler = Schedulers.create(manifest.scheduler().name(), manifest, steps, shape, seed);
        Guidance guidance = new Guidance(
                Guidance.Scale.of(manifest, request.get("guidance").floatValue()),
                Guidance.Interval.of(manifest),
                manifest.guidanceRescale().floatValue(),
                reference.get("context"),
                reference.get("negative_context"));
        BundleModels models = new BundleModels(new ModelOpener(runtime), bundle, guidanceBatch);
        try {
            SolverState start = SolverState.noise(seed, shape);
            return new Sampler(models.denoiser(), scheduler, guidance)
                    .run(start, new Quiet())
                    .latents();
        } finally {
            models.close();
        }
    }

    private static final class Quiet implements StepListener<RuntimeException> {

        @Override
        public void beforeStep(SolverState state) {}

        @Override
        public void afterStep(SampledStep step) {}
    }
}
