package dev.galatea.denoising.diffusion;

import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CheckpointTest {

    private static final Map<String, String> RUN = Map.of("seed", "7", "steps", "24", "scheduler", "flow-match-euler");

    @Test
    void shouldComeBackEqual_whenWrittenAndRead() throws Exception {
        Checkpoint checkpoint = new Checkpoint(new SamplerState(5, TorchRandn.sample(7, 2, 3, 4, 5)), RUN);
        byte[] bytes = SafeTensors.write(checkpoint.toFile());
        assertThat(Checkpoint.of(SafeTensors.read(bytes))).isEqualTo(checkpoint);
        assertThat(SafeTensors.write(checkpoint.toFile())).isEqualTo(bytes);
    }

    @Test
    void shouldBeRefused_whenItIsAnotherFile() {
        Tensor latents = TorchRandn.sample(7, 2, 3, 4, 5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Checkpoint.of(SafeTensorsFile.of(Map.of("latents", latents))))
                .withMessageContaining("format");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Checkpoint.of(new SafeTensorsFile(
                        Map.of("other", latents), Map.of("format", "galatea-checkpoint/1", "step", "5"))))
                .withMessageContaining("latents");
    }
}
