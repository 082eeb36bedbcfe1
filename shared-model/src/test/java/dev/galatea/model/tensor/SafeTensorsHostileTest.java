package dev.galatea.model.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Tests that reading any bytes ends in a file or in a {@link MalformedTensorException}. */
class SafeTensorsHostileTest {

    private static final String F32_2 = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    static Stream<Arguments> headers() {
        return Stream.of(
                arguments("", 0, 8, "must begin with '{'"),
                arguments(" {}", 0, 8, "must begin with '{'"),
                arguments("[]", 0, 8, "must begin with '{'"),
                arguments("{", 0, 9, "not JSON"),
                arguments("{} x", 0, 11, "not JSON"),
                arguments("{}{}", 0, 10, "goes on after its object"),
                arguments("{\"a\":1}", 0, 13, "an object under 'a'"),
                arguments("{\"a\":" + F32_2 + ",\"a\":" + F32_2 + "}", 8, -1, "unique names"),
                arguments("{\"__metadata__\":{\"x\":1}}", 0, -1, "a text under '__metadata__'"),
                arguments(
                        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
                        8,
                        -1,
                        "valid are [F32, F16"),
                arguments("{\"a\":{\"shape\":[1],\"data_offsets\":[0,8]}}", 8, -1, "must have dtype, shape"),
                arguments(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":0}}",
                        8,
                        -1,
                        "doesn't know"),
                arguments(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}",
                        8,
                        -1,
                        "an array under 'shape'"),
                arguments("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, -1, "whole numbers"),
                arguments("{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}", 8, -1, "whole numbers"),
                arguments(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}",
                        8,
                        -1,
                        "JSON"),
                arguments(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", 8, -1, "must be two numbers"),
                arguments(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}",
                        8,
                        -1,
                        "must be two numbers"),
                arguments(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
                        8,
                        -1,
                        "needs 12 bytes, it has 8"),
                arguments(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, -1, "valid are 0 to 4"),
                arguments(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
                        8,
                        -1,
                        "they must be equal"),
                arguments(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,9223372036854775807]}}",
                        8,
                        -1,
                        "valid are"),
                arguments("{\"a\":" + F32_2 + "}", 12, -1, "the last tensor ends at 8 of the data, which has 12 bytes"),
                arguments("{\"a\":" + F32_2 + ",\"b\":" + F32_2 + "}", 8, -1, "the one before ends at 8"),
                arguments(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                        8,
                        -1,
                        "the one before ends at 0"),
                arguments(
                        "{\"a\":{\"dtype\":\"I64\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
                        0,
                        -1,
                        "longer than any file"),
                arguments(
                        "{\"a\":{\"dtype\":\"I64\",\"shape\":[2305843009213693952,1],\"data_offsets\":[0,0]}}",
                        0,
                        -1,
                        "longer than any file"),
                arguments("{\"a\": \0}", 0, 14, "NUL"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void shouldSayWhereAndWhy_whenHeaderIsWrong(String header, int dataBytes, long offset, String reason) {
        assertThatThrownBy(() -> SafeTensors.read(file(header.getBytes(UTF_8), dataBytes)))
                .isInstanceOfSatisfying(MalformedTensorException.class, e -> {
                    assertThat(e.reason()).contains(reason);
                    assertThat(e.offset()).isBetween(8L, 8L + header.length() + dataBytes);
                    if (offset >= 0) {
                        assertThat(e.offset()).isEqualTo(offset);
                    }
                });
    }

    @Test
    void shouldRefuse_whenHeaderIsNotUtf8() {
        assertThatThrownBy(() -> SafeTensors.read(file("{\"é\":1}".getBytes(ISO_8859_1), 0)))
                .isInstanceOf(MalformedTensorException.class)
                .hasMessage("at byte 10: the header is not UTF-8");
        assertThatThrownBy(() -> SafeTensors.read(file("{}".getBytes(UTF_16LE), 0)))
                .isInstanceOf(MalformedTensorException.class)
                .hasMessageContaining("NUL");
    }

    @Test
    void shouldRefuseBeforeAllocating_whenLengthIsHuge() {
        for (long length : new long[] {Long.MAX_VALUE, -1, Integer.MAX_VALUE, SafeTensors.MAX_HEADER_BYTES + 1L}) {
            byte[] bytes = ByteBuffer.allocate(16)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(length)
                    .array();
            assertThatThrownBy(() -> SafeTensors.read(bytes))
                    .isInstanceOf(MalformedTensorException.class)
                    .hasMessage("at byte 0: the header's length is " + Long.toUnsignedString(length)
                            + "; valid are up to 1048576");
        }
    }

    @Test
    void shouldRefuse_whenFileIsCutAnywhere() {
        byte[] whole = SafeTensorsTest.golden("all-types.safetensors");
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> SafeTensors.read(cut)).isInstanceOf(MalformedTensorException.class);
        }
    }

    @Test
    void shouldThrowNothingElse_whenBytesAreMutated() {
        byte[] whole = SafeTensorsTest.golden("all-types.safetensors");
        Random random = new Random(20);
        int readable = 0;
        int outside = 0;
        for (int round = 0; round < 30_000; round++) {
            byte[] mutated = mutate(whole, random);
            try {
                SafeTensorsFile file = SafeTensors.read(mutated);
                file.tensors().values().forEach(SafeTensorsHostileTest::touch);
                readable++;
            } catch (MalformedTensorException e) {
                outside += e.offset() < 0 || e.offset() > mutated.length ? 1 : 0;
            }
        }
        assertThat(outside).as("offsets outside the file").isZero();
        assertThat(readable)
                .as("mutations that only touch data, names or metadata")
                .isPositive();
    }

    private static void touch(Tensor tensor) {
        if (tensor.dtype() == DType.I64) {
            tensor.longs();
        } else {
            tensor.floats();
        }
    }

    /** Flips, replaces, cuts or inserts, mostly in the header, where it hurts. */
    private static byte[] mutate(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int changes = 1 + random.nextInt(4);
        byte[] alphabet = "{}[]:,\"0123456789-eE.F I_\0\n\u00ff\\u".getBytes(ISO_8859_1);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(random.nextInt(4) == 0 ? bytes.length : Math.min(bytes.length, 410));
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = alphabet[random.nextInt(alphabet.length)];
                case 3 -> bytes = Arrays.copyOf(bytes, Math.max(1, bytes.length - random.nextInt(16)));
                default -> {
                    int other = random.nextInt(bytes.length);
                    int n = Math.min(random.nextInt(32), bytes.length - Math.max(at, other));
                    System.arraycopy(bytes, other, bytes, at, n);
                }
            }
        }
        return bytes;
    }

    private static byte[] file(byte[] header, int dataBytes) {
        return ByteBuffer.allocate(8 + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }
}
