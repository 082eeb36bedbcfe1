package dev.galatea.denoising;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.BundleSources;
import dev.galatea.bundles.BundlesConfig;
import dev.galatea.denoising.onnx.ModelCache;
import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.stage.ProgressReporter;
import dev.galatea.store.StoreConfig;
import dev.galatea.store.TensorStore;
import dev.galatea.testsupport.ExampleSpecs;
import dev.galatea.testsupport.TinyBundles;
import dev.galatea.worker.Worker;
import dev.galatea.worker.WorkerConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Jobs of a model that looks at its picture, Wan 2.1's image to video, with what encoding stores of it. */
class PictureDenoiserTest {

    private static final String NAME = TinyBundles.WAN21_I2V;
    private static final int STEPS = 6;

    @TempDir
    Path directory;

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final TensorStore tensors = new TensorStore(store);
    private BundleRepository bundles;
    private ClipDenoiser denoiser;
    private SafeTensorsFile reference;

    @BeforeEach
    void makeDenoiser() throws Exception {
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        Path copy = TinyBundles.copy(NAME, directory.resolve("bundles"));
        reference = SafeTensors.read(Files.readAllBytes(copy.resolve("first-frame-to-video.safetensors")));
        WorkerConfig worker = Settings.mapping(WorkerConfig.class, Map.of("galatea.work-dir", directory.toString()));
        BundlesConfig config = Settings.mapping(
                BundlesConfig.class,
                Map.of("galatea.bundles.path", copy.getParent().toString()));
        BundleSources sources = new BundleSources(config, Settings.mapping(StoreConfig.class, Map.of()), metrics);
        bundles = new BundleRepository(config, worker, sources);
        DenoisingConfig denoising = Settings.mapping(
                DenoisingConfig.class,
                Map.of("galatea.denoising.preview-every", "0", "galatea.denoising.checkpoint.every-steps", "1"));
        ModelCache models =
                new ModelCache(new OnnxRuntime(Settings.onnx(), metrics), new ModelMemory(Settings.onnx()), denoising);
        Checkpoints checkpoints = new Checkpoints(store, metrics);
        EventPublisher nobody = null;
        Previews previews = new Previews(
                models, store, new ProgressReporter(nobody, new Worker(worker), metrics), ForkJoinPool.commonPool());
        denoiser = new ClipDenoiser(
                bundles,
                new JobInputs(new Embeddings(tensors), new InitialLatents(tensors), checkpoints),
                models,
                new StepCallbacks(previews, checkpoints, denoising),
                tensors);
    }

    @Test
    void shouldMakeWhatDiffusersMakes() throws Exception {
        Tensor latents = tensors.read(denoise(prompt(seen()), 1).latents());

        assertThat(latents.floats())
                .containsExactly(reference.tensor("latents." + STEPS).floats(), within(2e-5f));
    }

    @Test
    void shouldMakeTheSameBytes_whenGivenBackAfterAnyStep() throws Exception {
        LatentsDenoised whole = denoise(prompt(seen()), 1);
        for (int step = 1; step < STEPS; step++) {
            PromptConditioned prompt = prompt(seen());
            StoppableDelivery stopped = delivery(prompt, 1, step);
            assertThatThrownBy(() -> denoiser.denoise(prompt, stopped)).isInstanceOf(ReleasedException.class);

            assertThat(denoise(prompt, 2).latents().sha256())
                    .as("given back after step %d", step)
                    .isEqualTo(whole.latents().sha256());
        }
    }

    @Test
    void shouldBeAnotherRun_whenThePictureIsAnotherOne() throws Exception {
        Tensor other = Tensor.f32(seen().shape(), new float[17 * 20]);

        assertThat(run(prompt(seen()))).isEqualTo(run(prompt(seen())));
        assertThat(run(prompt(other))).isNotEqualTo(run(prompt(seen())));
    }

    @Test
    void shouldFailClearly_whenThePictureWasNotLookedAt() throws Exception {
        assertPoison(prompt(null), "reference_missing", "imageEmbeddings: are missing");
        assertPoison(
                prompt(Tensor.f32(new long[] {17, 19}, new float[17 * 19])),
                "invalid_embeddings",
                "imageEmbeddings: is F32[17, 19]; valid is F32[17, 20] for '" + NAME + "'");
        PromptConditioned whole = prompt(seen());
        assertPoison(
                new PromptConditioned(whole.jobId(), whole.spec(), whole.prompt(), whole.negativePrompt()),
                "reference_missing",
                "this denoiser makes clips that begin with a picture");
    }

    private void assertPoison(PromptConditioned prompt, String code, String message) {
        assertThatThrownBy(() -> denoise(prompt, 1))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private LatentsDenoised denoise(PromptConditioned prompt, int attempt) throws Exception {
        return denoiser.denoise(prompt, delivery(prompt, attempt, Integer.MAX_VALUE));
    }

    private static StoppableDelivery delivery(PromptConditioned prompt, int attempt, int steps) {
        return new StoppableDelivery(prompt.jobId(), attempt, steps, true, new CopyOnWriteArrayList<>());
    }

    private Object run(PromptConditioned prompt) throws Exception {
        return new DenoisingJob(prompt, bundles.byName(NAME), delivery(prompt, 1, 0)).run();
    }

    private Tensor seen() {
        return reference.tensor("image_embeddings");
    }

    private PromptConditioned prompt(@Nullable Tensor embeddings) throws Exception {
        JobSpec spec = ExampleSpecs.text(NAME, bundles.byName(NAME).digest())
                .withSettings(settings -> settings.width(48)
                        .height(32)
                        .frames(17)
                        .steps(STEPS)
                        .guidance(5.0)
                        .seed(7L)
                        .scheduler("unipc-flow"));
        return new PromptConditioned(
                JobId.random(),
                spec,
                stored("context", reference.tensor("context")),
                stored("negative", reference.tensor("negative_context")),
                stored("known", reference.tensor("known")),
                List.of(PromptConditioned.STILL, 0, 0, 0, 0),
                null,
                embeddings == null ? null : stored("seen", embeddings));
    }

    private TensorRef stored(String name, Tensor tensor) throws Exception {
        return tensors.put("tensors/" + name, name, tensor);
    }
}
