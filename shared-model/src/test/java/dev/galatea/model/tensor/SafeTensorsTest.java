package dev.galatea.model.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Golden files were written by the reference implementation: see {@code make_golden.py} beside them. */
class SafeTensorsTest {

    @Test
    void shouldDecodeEveryDtype_whenReferenceImplementationWroteThem() throws MalformedTensorException {
        SafeTensorsFile file = SafeTensors.read(golden("all-types.safetensors"));

        assertThat(file.metadata()).containsExactly(Map.entry("format", "pt"));
        assertThat(file.tensors()).containsOnlyKeys("latents", "half", "brain", "step", "scalar", "nothing");
        assertThat(file.tensor("latents").shape()).containsExactly(1, 2, 3);
        assertThat(file.tensor("latents").floats()).containsExactly(0f, 0.25f, 0.5f, 0.75f, 1f, 1.25f);
        assertThat(file.tensor("half").dtype()).isEqualTo(DType.F16);
        assertThat(file.tensor("half").floats()).containsExactly(1f, -2.5f, 65504f);
        assertThat(file.tensor("brain").dtype()).isEqualTo(DType.BF16);
        assertThat(file.tensor("brain").floats()).containsExactly(1f, -3.140625f, 0f, 0x1.94p99f);
        assertThat(file.tensor("step").longs()).containsExactly(7, -(1L << 62));
        assertThat(file.tensor("scalar").shape()).isEmpty();
        assertThat(file.tensor("scalar").floats()).containsExactly(0.5f);
        assertThat(file.tensor("nothing").floats()).isEmpty();
    }

    @Test
    void shouldKeepNamesAndSpecialValues_whenTheyAreOdd() throws MalformedTensorException {
        SafeTensorsFile file = SafeTensors.read(golden("odd-name.safetensors"));

        assertThat(file.metadata()).isEmpty();
        assertThat(file.tensor("héllo \"x\"").floats()).containsExactly(1.5f, Float.NaN, Float.NEGATIVE_INFINITY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-types.safetensors", "odd-name.safetensors", "empty.safetensors"})
    void shouldWriteSameBytes_asReferenceImplementation(String name) throws MalformedTensorException {
        byte[] bytes = golden(name);

        assertThat(SafeTensors.write(SafeTensors.read(bytes.clone()))).isEqualTo(bytes);
    }

    @Test
    void shouldWriteExactBytes() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b", Tensor.f32(new long[] {2}, new float[] {1f, -2f}));
        tensors.put("a", Tensor.f32(new long[] {}, new float[] {0.5f}));
        tensors.put("n", Tensor.i64(new long[] {1, 1}, new long[] {-2}));

        byte[] bytes = SafeTensors.write(new SafeTensorsFile(tensors, Map.of("y", "2", "x", "1")));

        String header = "{\"__metadata__\":{\"x\":\"1\",\"y\":\"2\"},"
                + "\"n\":{\"dtype\":\"I64\",\"shape\":[1,1],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,20]}}";
        byte[] padded = (header + " ".repeat((8 - header.length() % 8) % 8)).getBytes(UTF_8);
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo("c800000000000000"
                        + HexFormat.of().formatHex(padded)
                        + "feffffffffffffff" + "0000003f" + "0000803f000000c0");
    }

    @Test
    void shouldNotDependOnOrder_whenWriting() {
        Tensor one = Tensor.f32(new long[] {1}, new float[] {1f});
        Tensor two = Tensor.i64(new long[] {1}, new long[] {2});
        Map<String, Tensor> forward = new LinkedHashMap<>();
        forward.put("one", one);
        forward.put("two", two);
        Map<String, Tensor> backward = new LinkedHashMap<>();
        backward.put("two", two);
        backward.put("one", one);

        assertThat(SafeTensors.write(SafeTensorsFile.of(forward)))
                .isEqualTo(SafeTensors.write(SafeTensorsFile.of(backward)));
    }

    @Test
    void shouldRefuseToWrite_whenHeaderWouldBeTooLong() {
        SafeTensorsFile file = new SafeTensorsFile(Map.of(), Map.of("note", "x".repeat(SafeTensors.MAX_HEADER_BYTES)));

        assertThatThrownBy(() -> SafeTensors.write(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("valid are up to 1048576");
    }

    @Test
    void shouldNameWhatThereIs_whenTensorIsAbsent() {
        SafeTensorsFile file = SafeTensorsFile.of(Map.of("latents", Tensor.f32(new long[] {0}, new float[0])));

        assertThatThrownBy(() -> file.tensor("noise"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'noise' is not in the file; it has [latents]");
    }

    static byte[] golden(String name) {
        try (InputStream in = SafeTensorsTest.class.getResourceAsStream("/tensor/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
