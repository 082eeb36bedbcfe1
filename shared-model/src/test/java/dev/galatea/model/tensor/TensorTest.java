package dev.galatea.model.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.junit.jupiter.api.Test;

import dev.galatea.model.id.Sha256;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TensorTest {

    /** Digests of all 65536 values as numpy (F16) and torch (BF16) widen them, each NaN made 0x7fc00000. */
    private static final String ALL_F16 = "385ff5fe69182797cda5f1827e20cf423f4416bc9246f27d0eec27cac9039259";

    private static final String ALL_BF16 = "f12e27efe34841dfd6391497b86f389096b03a376586e1d9691bba0a8de3980a";

    @Test
    void shouldWidenEveryValueExactly_whenF16() {
        assertThat(digestOfFloats(DType.F16).hex()).isEqualTo(ALL_F16);
    }

    @Test
    void shouldWidenEveryValueExactly_whenBf16() {
        assertThat(digestOfFloats(DType.BF16).hex()).isEqualTo(ALL_BF16);
    }

    @Test
    void shouldNotChange_whenArraysAroundItDo() {
        long[] shape = {2};
        float[] values = {1f, 2f};
        Tensor tensor = Tensor.f32(shape, values);

        shape[0] = 1;
        values[0] = 9f;
        tensor.shape()[0] = 7;
        tensor.floats()[0] = 8f;

        assertThat(tensor.shape()).containsExactly(2);
        assertThat(tensor.floats()).containsExactly(1f, 2f);
        assertThat(tensor.bytes().isReadOnly()).isTrue();
    }

    @Test
    void shouldCompareByDtypeShapeAndBits() {
        Tensor tensor = Tensor.f32(new long[] {1, 2}, new float[] {1f, Float.NaN});

        assertThat(tensor)
                .isEqualTo(Tensor.f32(new long[] {1, 2}, new float[] {1f, Float.NaN}))
                .hasSameHashCodeAs(Tensor.f32(new long[] {1, 2}, new float[] {1f, Float.NaN}))
                .isNotEqualTo(Tensor.f32(new long[] {2, 1}, new float[] {1f, Float.NaN}))
                .isNotEqualTo(Tensor.f32(new long[] {1, 2}, new float[] {1f, 0f}))
                .hasToString("F32[1, 2]");
        assertThat(Tensor.f32(new long[] {1}, new float[] {0f}))
                .isNotEqualTo(Tensor.f32(new long[] {1}, new float[] {-0f}));
    }

    @Test
    void shouldNameWhatIsValid_whenElementsAreOfOtherType() {
        assertThatThrownBy(() -> Tensor.i64(new long[] {1}, new long[] {1}).floats())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("dtype: I64 has no floats; valid are F32, F16, BF16");
        assertThatThrownBy(() -> Tensor.f32(new long[] {1}, new float[] {1}).longs())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("dtype: F32 has no integers; valid is I64");
    }

    @Test
    void shouldRefuse_whenShapeAndDataDisagree() {
        assertThatThrownBy(() -> Tensor.f32(new long[] {3}, new float[] {1, 2}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("data: F32[3] needs 12 bytes, there are 8");
        assertThatThrownBy(() -> Tensor.f32(new long[] {-1}, new float[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape: [-1] has a negative dimension");
    }

    private static Sha256 digestOfFloats(DType dtype) {
        ByteBuffer in = ByteBuffer.allocate(1 << 17).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 1 << 16; bits++) {
            in.putShort((short) bits);
        }
        ByteBuffer out = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : Tensor.of(dtype, new long[] {1 << 16}, in.flip()).floats()) {
            out.putInt(Float.floatToIntBits(value));
        }
        return Sha256.of(out.array());
    }
}
