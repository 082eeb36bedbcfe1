package dev.galatea.onnx;

import java.nio.FloatBuffer;
import java.util.Map;

import ai.onnxruntime.OnnxTensor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.model.failure.PoisonException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CarriedStateTest {

    private final OnnxRuntime runtime = new OnnxRuntime(OnnxConfigs.of(Map.of()), new SimpleMeterRegistry());

    @Test
    void shouldCarryStateFromChunkToChunk_andBeginAnewWithEachClip() throws Exception {
        try (OnnxModel model = open("adding-up.onnx")) {
            assertThat(model.carriesState()).isTrue();
            for (int clip = 0; clip < 2; clip++) {
                try (CarriedState state = new CarriedState(model, 1, 2)) {
                    assertThat(added(model, state, 1, 2, 10, 20)).containsExactly(11, 22);
                    assertThat(added(model, state, 100, 200)).containsExactly(111, 222);
                }
            }
        }
    }

    @Test
    void shouldKeepTheState_whenAChunkCanNotBeRun() throws Exception {
        try (OnnxModel model = open("adding-up.onnx");
                CarriedState state = new CarriedState(model, 1, 2)) {
            added(model, state, 1, 2);
            try (OnnxTensor wide = model.tensor(FloatBuffer.wrap(new float[3]), 1, 1, 1, 1, 3)) {
                assertThatThrownBy(() -> state.run("latents", wide, "frames")).isNotNull();
            }
            assertThat(added(model, state, 10, 20)).containsExactly(11, 22);
        }
    }

    @Test
    void shouldTellThatAModelCarriesNone() throws Exception {
        try (OnnxModel model = open("doubling.onnx")) {
            assertThat(model.carriesState()).isFalse();
            assertThatThrownBy(() -> new CarriedState(model, 1, 1))
                    .isInstanceOf(PoisonException.class)
                    .hasMessageContaining("decoder: carries no state");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "state-without-next.onnx | output 'next.0' is missing",
                "state-of-another-size.onnx | input 'state.0': dimension 3 is 'H2'; valid is a name like 'H' or '2*H'",
                "state-of-any-length.onnx | input 'state.0': dimension 2 is not fixed in the graph"
            })
    void shouldNameWhatIsWrong_whenTheGraphDoesNotTellItsState(String file, String message) {
        assertThatThrownBy(() -> open(file))
                .isInstanceOfSatisfying(
                        PoisonException.class, e -> assertThat(e.code()).isEqualTo("model_interface"))
                .hasMessageContaining(message);
    }

    private OnnxModel open(String file) throws Exception {
        return runtime.open("decoder", OnnxModelTest.fixture(file), OnnxSignature.DECODER);
    }

    /** Runs a chunk of frames with one row of two values each. */
    private static float[] added(OnnxModel model, CarriedState state, float... values) throws Exception {
        FloatBuffer input = new DirectBuffer().floats(values.length).put(values).flip();
        try (OnnxTensor chunk = model.tensor(input, 1, 1, values.length / 2, 1, 2);
                OnnxTensor frames = state.run("latents", chunk, "frames")) {
            float[] sums = new float[2];
            frames.getFloatBuffer().get(sums);
            return sums;
        }
    }
}
