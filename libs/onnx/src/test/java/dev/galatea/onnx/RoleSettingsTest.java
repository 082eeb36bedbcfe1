package dev.galatea.onnx;

import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.model.bundle.ExecutionProvider;
import dev.galatea.onnx.OnnxConfig.Variants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RoleSettingsTest {

    @ParameterizedTest
    @CsvSource({
        "textEncoder, text-encoder",
        "encoder, encoder",
        "denoiser, denoiser",
        "denoiserLowNoise, denoiser-low-noise",
        "decoder, decoder",
        "previewDecoder, preview-decoder"
    })
    void shouldTakeWhatIsSetForTheRole(String role, String key) {
        OnnxConfig config = OnnxConfigs.of(Map.of(
                "galatea.onnx.roles." + key + ".variants",
                "none",
                "galatea.onnx.provider",
                "cuda",
                "galatea.onnx.device-id",
                "1",
                "galatea.onnx.threads",
                "2",
                "galatea.onnx.roles." + key + ".provider",
                "cpu",
                "galatea.onnx.roles." + key + ".device-id",
                "3",
                "galatea.onnx.roles." + key + ".threads",
                "4"));

        assertThat(RoleSettings.of(config, role))
                .isEqualTo(new RoleSettings(ExecutionProvider.CPU, 3, 4, Variants.NONE));
        String other = role.equals("decoder") ? "denoiser" : "decoder";
        assertThat(RoleSettings.of(config, other))
                .isEqualTo(new RoleSettings(ExecutionProvider.CUDA, 1, 2, Variants.AUTO));
        assertThat(RoleSettings.of(config, "another"))
                .isEqualTo(new RoleSettings(ExecutionProvider.CUDA, 1, 2, Variants.AUTO));
    }

    @Test
    void shouldTakeAllProcessors_whenThreadsAreZero() {
        OnnxConfig config =
                OnnxConfigs.of(Map.of("galatea.onnx.threads", "2", "galatea.onnx.roles.decoder.threads", "0"));

        assertThat(RoleSettings.of(config, "decoder").threads())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(RoleSettings.of(config, "denoiser").threads()).isEqualTo(2);
    }

    @Test
    void shouldRefuseKeysOfRolesThatThereAreNot() {
        assertThatThrownBy(() -> OnnxConfigs.of(Map.of("galatea.onnx.roles.vae.provider", "cpu")))
                .hasMessageContaining("galatea.onnx.roles.vae.provider");
        assertThatThrownBy(() -> OnnxConfigs.of(Map.of("galatea.onnx.roles.decoder.provider", "tpu")))
                .hasMessageContaining("tpu");
    }

    @Test
    void shouldRefuseToStart_whenARolesProviderIsNotInTheBuild() {
        OnnxConfig config = OnnxConfigs.of(Map.of("galatea.onnx.roles.denoiser-low-noise.provider", "cuda"));

        assertThatIllegalStateException()
                .isThrownBy(() -> new OnnxRuntime(config, new SimpleMeterRegistry()))
                .withMessageContaining("galatea.onnx.roles.denoiser-low-noise.provider: 'cuda' is not");
    }

    @Test
    void shouldSpellCudasOptionsAsOnnxRuntimeDoes() {
        OnnxConfig config = OnnxConfigs.of(Map.of(
                "galatea.onnx.cuda.gpu-mem-limit", "12884901888",
                "galatea.onnx.cuda.arena-extend-strategy", "same-as-requested",
                "galatea.onnx.cuda.cudnn-conv-algo-search", "heuristic",
                "galatea.onnx.cuda.use-tf32", "false"));

        assertThat(CudaOptions.of(config.cuda()))
                .isEqualTo(Map.of(
                        "gpu_mem_limit", "12884901888",
                        "arena_extend_strategy", "kSameAsRequested",
                        "cudnn_conv_algo_search", "HEURISTIC",
                        "use_tf32", "0"));
        assertThat(CudaOptions.of(OnnxConfigs.of(Map.of()).cuda())).isEmpty();
    }
}
