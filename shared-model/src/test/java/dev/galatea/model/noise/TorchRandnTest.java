package dev.galatea.model.noise;

import java.io.IOException;
import java.io.InputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TorchRandnTest {

    @Test
    void shouldAgreeWithTorch_whateverSeedAndSize() throws IOException {
        for (JsonNode fixture : fixtures("randn.json")) {
            long seed = fixture.get("seed").longValue();
            int size = fixture.get("size").intValue();
            float[] noise = TorchRandn.sample(seed, size).floats();
            for (int i = 0; i < fixture.get("indices").size(); i++) {
                int index = fixture.get("indices").get(i).intValue();
                assertThat(noise[index])
                        .as("seed %d, size %d, element %d", seed, size, index)
                        .isCloseTo(fixture.get("values").get(i).floatValue(), within(1e-6f));
            }
        }
    }

    @Test
    void shouldGiveSameElements_whateverTheShape() {
        Tensor shaped = TorchRandn.sample(7, 32, 6, 8, 8);
        assertThat(shaped.shape()).containsExactly(32, 6, 8, 8);
        assertThat(shaped.floats())
                .isEqualTo(TorchRandn.sample(7, 32 * 6 * 8 * 8).floats());
    }

    @Test
    void shouldGoOnWhereTorchDoes_whenTensorsFollowOnEachOther() throws IOException {
        for (JsonNode fixture : fixtures("continued.json")) {
            TorchRandn generator = new TorchRandn(fixture.get("seed").longValue());
            for (JsonNode draw : fixture.get("draws")) {
                float[] noise = generator.next(draw.get("size").intValue()).floats();
                for (int i = 0; i < draw.get("indices").size(); i++) {
                    int index = draw.get("indices").get(i).intValue();
                    assertThat(noise[index])
                            .as("%s, element %d", fixture.get("name").textValue(), index)
                            .isCloseTo(draw.get("values").get(i).floatValue(), within(1e-6f));
                }
            }
        }
    }

    private static JsonNode fixtures(String name) throws IOException {
        try (InputStream in = TorchRandnTest.class.getResourceAsStream("/noise/" + name)) {
            return new ObjectMapper().readTree(in);
        }
    }

    /** The bits themselves: these digests must never change, on no machine and no Java version. */
    @ParameterizedTest
    @CsvSource({
        "7, 15, e8fe4bd30d2a1e6707f201ce1953551c14d950b51bda01acc49184b1107cbc27",
        "7, 1000, 5f75b3fd6133afe8a3311136e47e4df1dc0e65847f3b47557d8888f4e8a917f4",
        "-1, 24576, 8377c6dee613b7d3fd490769fea70168b50b82c1a0141d2fc09a961e81cdbcdd"
    })
    void shouldGiveSameBits_onEveryMachine(long seed, int size, String sha256) {
        byte[] bytes = new byte[size * Float.BYTES];
        TorchRandn.sample(seed, size).bytes().get(bytes);
        assertThat(Sha256.of(bytes)).hasToString(sha256);
    }
}
