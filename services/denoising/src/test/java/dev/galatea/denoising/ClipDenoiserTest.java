package dev.galatea.denoising;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.BundleSources;
import dev.galatea.bundles.BundlesConfig;
import dev.galatea.denoising.diffusion.Checkpoint;
import dev.galatea.denoising.diffusion.RunIdentity;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.denoising.onnx.ModelCache;
import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.failure.CancelledException;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.ReleasedException;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.stage.ProgressReporter;
import dev.galatea.store.StoreConfig;
import dev.galatea.store.TensorStore;
import dev.galatea.testsupport.ExampleSpecs;
import dev.galatea.worker.Worker;
import dev.galatea.worker.WorkerConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The bundle 'tiny' in ONNX Runtime; broker and store are in memory. */
class ClipDenoiserTest {

    private static final Path OLD_CHECKPOINT = Path.of("src/test/resources/checkpoint/v1.safetensors");
    private static final Path TINY = Path.of("src/test/resources/bundles/tiny");
    private static final String EULER = "flow-match-euler";
    private static final String DPM = "dpm-solver++-2m-flow";
    private static final int STEPS = 6;

    @TempDir
    Path directory;

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final MemoryObjectStore store = new MemoryObjectStore();
    private final TensorStore tensors = new TensorStore(store);
    private final List<StoppableDelivery.Report> reported = new CopyOnWriteArrayList<>();
    private @Nullable JobId cancelled;
    private BundleRepository bundles;
    private ClipDenoiser denoiser;

    @BeforeEach
    void makeDenoiser() throws Exception {
        Path bundle = Files.createDirectories(directory.resolve("bundles/tiny"));
        for (String file : List.of("denoiser.onnx", "decoder.onnx")) {
            Files.copy(TINY.resolve(file), bundle.resolve(file));
        }
        String others = "\"otherSchedulers\": [{\"name\": \"" + DPM + "\", \"shift\": 2.0, \"trainTimesteps\": 1000}],";
        String manifest = Files.readString(TINY.resolve("bundle.json"));
        Files.writeString(
                bundle.resolve("bundle.json"), manifest.replaceFirst("\"scheduler\":", others + "\"scheduler\":"));

        WorkerConfig worker = Settings.mapping(WorkerConfig.class, Map.of("galatea.work-dir", directory.toString()));
        BundlesConfig bundlesConfig = Settings.mapping(
                BundlesConfig.class,
                Map.of("galatea.bundles.path", directory.resolve("bundles").toString()));
        bundles = new BundleRepository(
                bundlesConfig,
                worker,
                new BundleSources(bundlesConfig, Settings.mapping(StoreConfig.class, Map.of()), metrics));
        DenoisingConfig config = Settings.mapping(
                DenoisingConfig.class,
                Map.of("galatea.denoising.preview-every", "0", "galatea.denoising.checkpoint.every-steps", "1"));
        ModelCache models =
                new ModelCache(new OnnxRuntime(Settings.onnx(), metrics), new ModelMemory(Settings.onnx()), config);
        Checkpoints checkpoints = new Checkpoints(store, metrics);
        denoiser = new ClipDenoiser(
                bundles,
                new JobInputs(new Embeddings(tensors), new InitialLatents(tensors), checkpoints),
                models,
                new StepCallbacks(previews(models, worker), checkpoints, config),
                tensors);
    }

    @Test
    void shouldMakeWhatTheTextbookMakes_andNameItByItsContent() throws Exception {
        PromptConditioned prompt = prompt(EULER);

        LatentsDenoised denoised = denoise(prompt, 1);

        Tensor latents = tensors.read(denoised.latents());
        assertThat(latents.floats()).containsExactly(Expected.latents(prompt.spec(), 1f, -1f), within(1e-4f));
        assertThat(denoised.latents().key()).startsWith(ObjectKeys.jobPrefix(prompt.jobId()) + "latents-");
        assertThat(steps(prompt)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @ParameterizedTest
    @ValueSource(strings = {EULER, DPM})
    void shouldMakeTheSameBytes_whenGivenBackAfterAnyStep(String scheduler) throws Exception {
        Sha256 whole = denoise(prompt(scheduler), 1).latents().sha256();
        for (int step = 1; step < STEPS; step++) {
            PromptConditioned prompt = prompt(scheduler);
            giveBackAfter(step, prompt);
            reported.clear();

            // A broker that was restarted counts from 1 again.
            LatentsDenoised continued = denoise(prompt, 1 + step % 2);

            assertThat(steps(prompt)).first().isEqualTo(step + 1);
            assertThat(continued.latents().sha256()).as("after %d", step).isEqualTo(whole);
            assertThat(reported(prompt.jobId(), ProgressDetail.CheckpointRefused.class))
                    .isEmpty();
        }
    }

    @Test
    void shouldBeginAnewAndSayWhy_whenTheCheckpointIsOfVersion1() throws Exception {
        Sha256 whole = denoise(prompt(EULER), 1).latents().sha256();
        PromptConditioned prompt = prompt(EULER);
        byte[] old = Files.readAllBytes(OLD_CHECKPOINT);
        store.put(ObjectKeys.checkpoint(prompt.jobId(), 5, Sha256.of(old)), TensorStore.MEDIA_TYPE, old);

        LatentsDenoised denoised = denoise(prompt, 2);

        assertThat(denoised.latents().sha256()).isEqualTo(whole);
        assertRefused(
                prompt, "checkpoint_other_version", "format: is galatea-checkpoint/1; valid is galatea-checkpoint/2");
    }

    @Test
    void shouldTakeTheOneBefore_whenTheNewestCheckpointIsRefused() throws Exception {
        PromptConditioned prompt = prompt(EULER);
        giveBackAfter(3, prompt);
        byte[] old = Files.readAllBytes(OLD_CHECKPOINT);
        store.put(ObjectKeys.checkpoint(prompt.jobId(), 5, Sha256.of(old)), TensorStore.MEDIA_TYPE, old);
        reported.clear();

        denoise(prompt, 2);

        assertThat(steps(prompt)).containsExactly(4, 5, 6);
    }

    @Test
    void shouldRefuseACheckpoint_whenSpecOrInputsWereOthers() throws Exception {
        PromptConditioned prompt = prompt(EULER);
        assertThat(refusalOf(prompt, otherSeed(prompt))).isEqualTo("checkpoint_other_run");
        assertThat(refusalOf(
                        prompt,
                        new PromptConditioned(
                                prompt.jobId(), prompt.spec(), prompt.prompt(), embeddings("other", 3, 0.5f))))
                .isEqualTo("checkpoint_other_run");
        assertThat(refusalOf(
                        prompt,
                        new PromptConditioned(
                                prompt.jobId(),
                                prompt.spec().withSettings(settings -> settings.scheduler(DPM)),
                                prompt.prompt(),
                                prompt.negativePrompt())))
                .isEqualTo("checkpoint_other_run");
    }

    @Test
    void shouldRefuseACheckpoint_whenItsTensorsAreNotTheSchedulers() throws Exception {
        PromptConditioned prompt = prompt(EULER);
        giveBackAfter(2, prompt);
        String key = store.list(ObjectKeys.checkpoints(prompt.jobId()), 10).get(0);
        Checkpoint checkpoint = Checkpoint.of(SafeTensors.read(store.objects.get(key)));
        store.delete(key);
        Tensor latents = checkpoint.state().latents();
        SolverState state = new SolverState(2, Map.of("latents", latents, "clean_1", latents));
        byte[] other = SafeTensors.write(new Checkpoint(state, EULER, checkpoint.run()).toFile());
        store.put(ObjectKeys.checkpoint(prompt.jobId(), 2, Sha256.of(other)), TensorStore.MEDIA_TYPE, other);

        denoise(prompt, 2);

        assertRefused(
                prompt,
                "checkpoint_other_run",
                "its step, or the names or shapes of its tensors, are not those of this job");
    }

    @Test
    void shouldNameARunByContent_whereverInputsAre() throws Exception {
        PromptConditioned prompt = prompt(EULER);
        PromptConditioned moved = new PromptConditioned(
                JobId.random(), prompt.spec(), embeddings("moved", 5, 1f), prompt.negativePrompt());

        assertThat(run(moved)).isEqualTo(run(prompt));
        assertThat(run(otherSeed(prompt))).isNotEqualTo(run(prompt));
        assertThat(run(otherSeed(prompt)).bundle()).isEqualTo(run(prompt).bundle());
    }

    @Test
    void shouldGoTheLastSteps_whenAVideoIsVaried() throws Exception {
        PromptConditioned prompt = varied(1.0 / 3, null);

        denoise(prompt, 1);

        assertThat(steps(prompt)).containsExactly(5, 6);
    }

    @Test
    void shouldStopBetweenSteps_whenCancelled() throws Exception {
        PromptConditioned prompt = prompt(EULER);
        cancelled = prompt.jobId();

        assertThatThrownBy(() -> denoise(prompt, 1)).isInstanceOf(CancelledException.class);

        assertThat(steps(prompt)).isEmpty();
        assertThat(store.list(ObjectKeys.checkpoints(prompt.jobId()), 10)).isEmpty();
    }

    @Test
    void shouldFailClearly_whenTheJobCanNotBeDone() throws Exception {
        PromptConditioned prompt = prompt(EULER);
        assertPoison(prompt("heun"), "invalid_scheduler", "spec.scheduler: is heun; valid are " + EULER + ", " + DPM);
        assertPoison(
                new PromptConditioned(
                        prompt.jobId(),
                        prompt.spec().withSettings(settings -> settings.width(4)),
                        prompt.prompt(),
                        prompt.negativePrompt()),
                "invalid_size",
                "4x24 with 8 frames is too small for 'tiny'");
        assertPoison(
                new PromptConditioned(prompt.jobId(), prompt.spec(), prompt.prompt(), wide("wide")),
                "invalid_embeddings",
                "negativePrompt: is F32[2, 5]; valid are floats of shape [L, 3]");
        assertPoison(
                new PromptConditioned(
                        prompt.jobId(), prompt.spec(), embeddings("nan", 2, Float.NaN), prompt.negativePrompt()),
                "not_finite",
                "at step 0");
        assertPoison(varied(1, List.of(2, 0, 0, 0)), "reference_unsupported", "can't be told a part of the clip");
        assertPoison(varied(1, List.of(1, 0)), "reference_shape", "mask: has 2 frames");
    }

    /** Previews that no job asks for. */
    private Previews previews(ModelCache models, WorkerConfig worker) {
        EventPublisher nobody = new EventPublisher() {
            @Override
            public void publish(CloudEvent event) {
                throw new AssertionError(event);
            }

            @Override
            public CompletionStage<Void> publishAsync(CloudEvent event) {
                throw new AssertionError(event);
            }
        };
        return new Previews(
                models, store, new ProgressReporter(nobody, new Worker(worker), metrics), ForkJoinPool.commonPool());
    }

    private RunIdentity run(PromptConditioned prompt) throws Exception {
        return new DenoisingJob(
                        prompt,
                        bundles.byName("tiny"),
                        new StoppableDelivery(
                                prompt.jobId(), 1, 0, !prompt.jobId().equals(cancelled), reported))
                .run();
    }

    /** Gives {@code first} back with a checkpoint, goes on with {@code second}, and answers why that was refused. */
    private String refusalOf(PromptConditioned first, PromptConditioned second) throws Exception {
        reported.clear();
        giveBackAfter(2, first);
        reported.clear();
        denoise(second, 2);
        assertThat(steps(second)).hasSize(STEPS);
        store.list(ObjectKeys.checkpoints(first.jobId()), 100).forEach(store::delete);
        return reported(first.jobId(), ProgressDetail.CheckpointRefused.class)
                .get(0)
                .failure()
                .code();
    }

    private void assertRefused(PromptConditioned prompt, String code, String message) {
        assertThat(reported(prompt.jobId(), ProgressDetail.CheckpointRefused.class))
                .singleElement()
                .satisfies(refused -> {
                    assertThat(refused.failure().code()).isEqualTo(code);
                    assertThat(refused.failure().message()).isEqualTo(message);
                });
    }

    private void assertPoison(PromptConditioned prompt, String code, String message) {
        assertThatThrownBy(() -> denoise(prompt, 1))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private void giveBackAfter(int steps, PromptConditioned prompt) {
        assertThatThrownBy(() -> denoiser.denoise(prompt, delivery(prompt, 1, steps)))
                .isInstanceOf(ReleasedException.class)
                .hasMessage("the worker gave the job back after " + steps + " steps");
    }

    private LatentsDenoised denoise(PromptConditioned prompt, int attempt) throws StageException {
        return denoiser.denoise(prompt, delivery(prompt, attempt, Integer.MAX_VALUE));
    }

    private StoppableDelivery delivery(PromptConditioned prompt, int attempt, int steps) {
        boolean wanted = !prompt.jobId().equals(cancelled);
        return new StoppableDelivery(prompt.jobId(), attempt, steps, wanted, reported);
    }

    private List<Integer> steps(PromptConditioned prompt) {
        return reported(prompt.jobId(), ProgressDetail.Step.class).stream()
                .map(ProgressDetail.Step::step)
                .toList();
    }

    private PromptConditioned prompt(String scheduler) throws Exception {
        var spec = ExampleSpecs.text("tiny", bundles.byName("tiny").digest())
                .withSettings(settings -> settings.width(32)
                        .height(24)
                        .frames(8)
                        .steps(STEPS)
                        .guidance(2.0)
                        .seed(7L)
                        .scheduler(scheduler));
        return new PromptConditioned(
                JobId.random(), spec, embeddings("positive", 5, 1f), embeddings("negative", 2, -1f));
    }

    private static PromptConditioned otherSeed(PromptConditioned prompt) {
        return new PromptConditioned(
                prompt.jobId(),
                prompt.spec().withSettings(settings -> settings.seed(8L)),
                prompt.prompt(),
                prompt.negativePrompt());
    }

    private PromptConditioned varied(double strength, List<Integer> mask) throws Exception {
        PromptConditioned plain = prompt(EULER);
        float[] values = new float[4 * 4 * 3 * 4];
        Arrays.fill(values, 0.5f);
        TensorRef latents = tensors.put(
                "jobs/" + plain.jobId() + "/reference-1.safetensors",
                "latents",
                Tensor.f32(new long[] {4, 4, 3, 4}, values));
        ReferenceMedia reference =
                new ReferenceMedia(ReferenceMedia.Role.VIDEO, store.put("upload", "video/mp4", new byte[1]), strength);
        return new PromptConditioned(
                plain.jobId(),
                plain.spec().withSettings(settings -> settings.reference(reference)),
                plain.prompt(),
                plain.negativePrompt(),
                latents,
                mask);
    }

    private TensorRef embeddings(String name, int tokens, float value) throws Exception {
        float[] values = new float[tokens * 3];
        Arrays.fill(values, value);
        return tensors.put("embeddings/" + name, "embeddings", Tensor.f32(new long[] {tokens, 3}, values));
    }

    private TensorRef wide(String name) throws Exception {
        return tensors.put("embeddings/" + name, "embeddings", Tensor.f32(new long[] {2, 5}, new float[10]));
    }

    private <T extends ProgressDetail> List<T> reported(JobId jobId, Class<T> kind) {
        return reported.stream()
                .filter(report -> report.jobId().equals(jobId))
                .map(StoppableDelivery.Report::detail)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
