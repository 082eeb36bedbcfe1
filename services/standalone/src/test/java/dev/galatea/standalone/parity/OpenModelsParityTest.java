package dev.galatea.standalone.parity;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.galatea.denoising.diffusion.Checkpoint;
import dev.galatea.denoising.diffusion.RunIdentity;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.standalone.parity.StepListeners.Killed;
import dev.galatea.testsupport.TinyBundles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tiny bundles of the real architectures, exported by {@code model_lab.open_models}, give in the services what
 * diffusers' own pipelines give. The weights are random; the limits are what may differ by the order of sums.
 */
class OpenModelsParityTest {

    private static final float EMBEDDINGS = 1e-5f;
    private static final float GIVEN_FRAMES = 2e-6f;
    private static final float FRAMES = 2e-5f;
    private static final float NOISE = 1e-6f;
    /** Bundles that make no clip of text alone. */
    private static final Set<String> PICTURE_ONLY = Set.of(TinyBundles.WAN21_I2V, TinyBundles.WAN22_I2V);

    @TempDir
    Path directory;

    /**
     * A run of a pipeline.
     *
     * @param reference the name of its files
     * @param latents how far the latents may be from diffusers'
     */
    record Case(String bundle, String reference, int steps, float latents) {

        @Override
        public String toString() {
            return bundle + ", " + reference + ", " + steps + " steps";
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(TinyBundles.LTX, "text-to-video", 6, 1e-5f),
                new Case(TinyBundles.LTX, "text-to-video", 20, 1e-5f),
                new Case(TinyBundles.LTX, "text-to-video-dynamic", 6, 1e-5f),
                new Case(TinyBundles.LTX, "text-to-video-dynamic", 20, 1e-5f),
                new Case(TinyBundles.LTX_DISTILLED, "text-to-video", 8, 1e-5f),
                new Case(TinyBundles.LTX_DISTILLED, "first-frame-to-video", 8, 1e-5f),
                new Case(TinyBundles.LTX_CONDITION, "text-to-video", 40, 1e-5f),
                new Case(TinyBundles.LTX_CONDITION, "first-frame-to-video", 40, 1e-5f),
                new Case(TinyBundles.WAN21, "text-to-video", 6, 2e-5f),
                new Case(TinyBundles.WAN21, "text-to-video", 20, 2e-5f),
                new Case(TinyBundles.WAN21, "text-to-video-euler", 6, 2e-5f),
                new Case(TinyBundles.WAN21, "text-to-video-euler", 20, 2e-5f),
                new Case(TinyBundles.WAN21_I2V, "first-frame-to-video", 6, 2e-5f),
                new Case(TinyBundles.WAN21_I2V, "first-frame-to-video", 20, 2e-5f),
                new Case(TinyBundles.WAN22, "text-to-video", 6, 2e-5f),
                new Case(TinyBundles.WAN22, "text-to-video", 20, 2e-5f),
                new Case(TinyBundles.WAN22, "first-frame-to-video", 6, 2e-5f),
                new Case(TinyBundles.WAN22, "first-frame-to-video", 20, 2e-5f),
                new Case(TinyBundles.WAN22_A14B, "text-to-video", 6, 2e-5f),
                new Case(TinyBundles.WAN22_A14B, "text-to-video", 20, 2e-5f),
                new Case(TinyBundles.WAN22_I2V, "first-frame-to-video", 6, 2e-5f),
                new Case(TinyBundles.WAN22_I2V, "first-frame-to-video", 20, 2e-5f));
    }

    /** The shortest case of each bundle and scheduler. */
    static Stream<Case> shortCases() {
        return cases().filter(run -> run.steps() != 20);
    }

    static Stream<Case> casesWithFrames() {
        return shortCases()
                .filter(run -> run.reference().equals("text-to-video") || PICTURE_ONLY.contains(run.bundle()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shortCases")
    void shouldGiveTheEmbeddingsOfDiffusers(Case run) throws Exception {
        Reference reference = reference(run);
        try (Services services = services(run)) {
            assertNear("context", services.encode(reference.text("prompt")), reference.tensor("context"));
            assertNear(
                    "negative context",
                    services.encode(reference.text("negativePrompt")),
                    reference.tensor("negative_context"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldGiveTheLatentsOfDiffusers_fromPromptAndSeed(Case run) throws Exception {
        Reference reference = reference(run);
        Tensor noise = Services.start(reference).latents();
        assertThat(Reference.difference(
                        noise.floats(), reference.tensor("noise").floats()))
                .as("noise of the seed")
                .isLessThanOrEqualTo(NOISE);
        try (Services services = services(run)) {
            Tensor found = services.sample(reference, run.steps());
            Tensor expected = reference.tensor("latents." + run.steps());
            assertThat(found.shape()).containsExactly(expected.shape());
            int given = services.exactFrames(reference);
            Map.Entry<float[], float[]> ours = Reference.split(found, given);
            Map.Entry<float[], float[]> theirs = Reference.split(expected, given);
            assertThat(Reference.difference(ours.getKey(), theirs.getKey()))
                    .as("latent frames that are given")
                    .isLessThanOrEqualTo(GIVEN_FRAMES);
            assertThat(Reference.difference(ours.getValue(), theirs.getValue()))
                    .as("latents")
                    .isLessThanOrEqualTo(run.latents());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("casesWithFrames")
    void shouldGiveTheFramesOfDiffusers_fromTheirLatents(Case run) throws Exception {
        Reference reference = reference(run);
        String frames = "frames." + run.steps();
        try (Services services = services(run)) {
            for (int chunk : new int[] {1, 2, Integer.MAX_VALUE}) {
                float[] found = services.decode(reference.tensor("latents." + run.steps()), chunk);
                assertThat(Reference.difference(found, reference.tensor(frames).floats()))
                        .as("frames, in chunks of %d", chunk)
                        .isLessThanOrEqualTo(FRAMES);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shortCases")
    void shouldGiveTheSameBytes_whenKilledBeforeAnyStepAndContinued(Case run) throws Exception {
        Reference reference = reference(run);
        try (Services services = services(run)) {
            Tensor whole = services.sample(reference, run.steps());
            for (int step = 1; step < run.steps(); step++) {
                int at = step;
                Killed killed = catchThrowableOfType(Killed.class, () -> services.sampler(reference, run.steps())
                        .run(Services.start(reference), StepListeners.killerBefore(at)));
                SolverState continued = stored(killed.state(), reference.scheduler("default"));
                Tensor latents = services.sampler(reference, run.steps())
                        .run(continued, StepListeners.silent())
                        .latents();
                assertThat(latents).as("killed before step %d", step).isEqualTo(whole);
            }
        }
    }

    /** Through the bytes of a checkpoint, as another worker reads them. */
    private static SolverState stored(SolverState state, String scheduler) throws Exception {
        Checkpoint checkpoint = new Checkpoint(state, scheduler, new RunIdentity("bundle", "run"));
        return Checkpoint.of(SafeTensors.read(SafeTensors.write(checkpoint.toFile())))
                .state();
    }

    private static void assertNear(String what, Tensor found, Tensor expected) {
        assertThat(found.shape()).as(what).containsExactly(expected.shape());
        assertThat(Reference.difference(found.floats(), expected.floats()))
                .as(what)
                .isLessThanOrEqualTo(EMBEDDINGS);
    }

    private Services services(Case run) throws Exception {
        return new Services(bundle(run), directory.resolve("cache"));
    }

    private Reference reference(Case run) throws Exception {
        return Reference.read(bundle(run), run.reference());
    }

    private Path bundle(Case run) {
        Path copied = directory.resolve(run.bundle());
        return Files.exists(copied) ? copied : TinyBundles.copy(run.bundle(), directory);
    }
}
