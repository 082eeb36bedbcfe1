package dev.galatea.denoising.onnx;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.denoising.Settings;
import dev.galatea.denoising.diffusion.ConditioningFrames;
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
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.testsupport.TinyBundles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The probe that model-lab cuts out of a denoiser, in the sampler here and in Python's. */
class StepCacheParityTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STEPS = 20;
    private static final int SEED = 11;
    private static final float GUIDANCE = 5;

    @TempDir
    Path directory;

    private Bundle bundle;
    private Map<String, Tensor> inputs;
    private Map<String, Tensor> reference;

    @BeforeEach
    void makeBundle() throws Exception {
        Path copy = TinyBundles.copy("wan21-tiny", directory);
        byte[] probe = resource("probe.onnx");
        Files.write(copy.resolve("probe.onnx"), probe);
        Path file = copy.resolve("bundle.json");
        ObjectNode manifest = (ObjectNode) JSON.readTree(file.toFile());
        manifest.putObject("scheduler")
                .put("name", "flow-match-euler")
                .put("shift", 3)
                .put("trainTimesteps", 1000);
        manifest.remove("otherSchedulers");
        manifest.withObject("/files/probe")
                .put("path", "probe.onnx")
                .put("sha256", Sha256.of(probe).hex())
                .put("bytes", probe.length);
        manifest.putObject("stepCaching").put("threshold", 0.22).put("highest", 0.95);
        JSON.writeValue(file.toFile(), manifest);
        bundle = new BundleLoader(directory.resolve("cache")).load(copy);
        inputs = SafeTensors.read(Files.readAllBytes(copy.resolve("text-to-video.safetensors")))
                .tensors();
        reference = SafeTensors.read(resource("reference.safetensors")).tensors();
    }

    @Test
    void shouldSkipTheStepsThatPythonSkips_andEndAtTheSame() throws Exception {
        SolverState last = sampled();

        assertThat(last.cachedSteps())
                .hasSizeBetween(2, STEPS - 3)
                .containsExactlyElementsOf(
                        Arrays.stream(reference.get("cachedSteps").longs())
                                .mapToInt(Math::toIntExact)
                                .boxed()
                                .toList());
        assertThat(last.latents().floats())
                .containsExactly(reference.get("latents").floats(), within(2e-5f));
    }

    private SolverState sampled() throws Exception {
        BundleManifest manifest = bundle.manifest();
        long[] shape = reference.get("latents").shape();
        Scheduler scheduler = Schedulers.create("flow-match-euler", manifest, STEPS, shape, SEED);
        Guidance guidance = new Guidance(
                GUIDANCE, Guidance.Interval.of(manifest), inputs.get("context"), inputs.get("negative_context"));
        BundleModels models = new BundleModels(
                new ModelOpener(new OnnxRuntime(Settings.onnx(), new SimpleMeterRegistry())), bundle, 2);
        try {
            return new Sampler(models.denoiser(), scheduler, guidance, ConditioningFrames.NONE, models.stepCache())
                    .run(SolverState.noise(SEED, shape), new Quiet());
        } finally {
            models.close();
        }
    }

    private static byte[] resource(String name) throws Exception {
        return Files.readAllBytes(Path.of("src/test/resources/step-cache", name));
    }

    private static final class Quiet implements StepListener<RuntimeException> {

        @Override
        public void beforeStep(SolverState state) {}

        @Override
        public void afterStep(SampledStep step) {}
    }
}
