package dev.galatea.denoising.diffusion;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.galatea.denoising.diffusion.CheckpointRefusedException.Reason;
import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.MalformedTensorException;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CheckpointTest {

    private static final RunIdentity RUN = new RunIdentity("b".repeat(64), "c".repeat(64));

    @Test
    void shouldComeBackEqual_whenWrittenAndRead() throws Exception {
        Checkpoint checkpoint = exemplar();
        byte[] bytes = SafeTensors.write(checkpoint.toFile());
        assertThat(Checkpoint.of(SafeTensors.read(bytes))).isEqualTo(checkpoint);
        assertThat(SafeTensors.write(checkpoint.toFile())).isEqualTo(bytes);
    }

    /** The file must be read for ever, and is written to the byte as long as this is the version that is written. */
    @Test
    void shouldReadTheExemplarOfVersion2() throws Exception {
        byte[] bytes = resource("v2.safetensors");
        assertThat(Checkpoint.of(SafeTensors.read(bytes))).isEqualTo(exemplar());
        assertThat(SafeTensors.write(exemplar().toFile())).isEqualTo(bytes);
    }

    @Test
    void shouldRefuseTheExemplarOfVersion1() throws Exception {
        assertRefused(
                SafeTensors.read(resource("v1.safetensors")),
                Reason.OTHER_VERSION,
                "format: is galatea-checkpoint/1; valid is galatea-checkpoint/2");
    }

    @Test
    void shouldBeRefused_whenItIsAnotherFile() {
        SafeTensorsFile file = exemplar().toFile();
        Tensor latents = exemplar().state().latents();
        assertRefused(
                SafeTensorsFile.of(Map.of("latents", latents)),
                Reason.ALTERED,
                "format: is null; valid is galatea-checkpoint/2");
        assertRefused(
                new SafeTensorsFile(Map.of("other", latents), file.metadata()),
                Reason.ALTERED,
                "latents: is missing; valid is a tensor of F32");
        assertRefused(
                new SafeTensorsFile(Map.of("latents", Tensor.i64(new long[] {1}, new long[1])), file.metadata()),
                Reason.ALTERED,
                "latents: is I64; valid is a tensor of F32");
        assertRefused(
                new SafeTensorsFile(file.tensors(), Map.of("format", Checkpoint.FORMAT)),
                Reason.ALTERED,
                "bundle: is missing");
    }

    @Test
    void shouldBeRefused_whenTheRunIsAnother() throws Exception {
        exemplar().requireRun(RUN);
        assertThatThrownBy(() -> exemplar().requireRun(new RunIdentity("d".repeat(64), RUN.digest())))
                .isInstanceOfSatisfying(CheckpointRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.OTHER_BUNDLE))
                .hasMessage("bundle: is " + RUN.bundle() + "; valid is " + "d".repeat(64));
        assertThatThrownBy(() -> exemplar().requireRun(new RunIdentity(RUN.bundle(), "d".repeat(64))))
                .isInstanceOfSatisfying(CheckpointRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.OTHER_RUN))
                .hasMessage("run: is " + RUN.digest() + "; valid is " + "d".repeat(64));
    }

    /** The states that a run of the sampler passes, from the first step on. */
    static List<SolverState> statesOf(Sampler sampler, SolverState start) {
        List<SolverState> states = new ArrayList<>();
        sampler.run(start, new StepListener<RuntimeException>() {
            @Override
            public void beforeStep(SolverState state) {}

            @Override
            public void afterStep(SampledStep step) {
                states.add(step.state());
            }
        });
        return states;
    }

    /** A state as another worker finds it. */
    static SolverState writtenAndRead(SolverState state) {
        try {
            byte[] bytes = SafeTensors.write(new Checkpoint(state, "flow-match-euler", RUN).toFile());
            return Checkpoint.of(SafeTensors.read(bytes)).state();
        } catch (CheckpointRefusedException | MalformedTensorException e) {
            throw new AssertionError(e);
        }
    }

    private static Checkpoint exemplar() {
        SolverState state = new SolverState(
                5, Map.of("latents", TorchRandn.sample(7, 2, 2, 2, 3), "clean_1", TorchRandn.sample(8, 2, 2, 2, 3)));
        return new Checkpoint(state, "dpm-solver++-2m-flow", RUN);
    }

    private static void assertRefused(SafeTensorsFile file, Reason reason, String message) {
        assertThatThrownBy(() -> Checkpoint.of(file))
                .isInstanceOfSatisfying(CheckpointRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(reason))
                .hasMessage(message);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = CheckpointTest.class.getResourceAsStream("/checkpoint/" + name)) {
            return in.readAllBytes();
        }
    }
}
