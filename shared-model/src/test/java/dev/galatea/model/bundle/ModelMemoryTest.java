package dev.galatea.model.bundle;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ModelMemoryTest {

    @TempDir
    Path directory;

    @Test
    void shouldCountTheGraphs_butNotTheTokenizer() throws Exception {
        int graph = BundleFixture.model().length;

        ModelMemory memory = ModelMemory.of(fixture().load().manifest());

        assertThat(memory.weightBytes())
                .containsEntry("denoiser", (long) graph)
                .containsEntry("decoder", (long) graph)
                .containsEntry("textEncoder", (long) graph)
                .hasSize(3);
        assertThat(memory.sum()).isEqualTo(3L * graph);
    }

    @Test
    void shouldCountExternalDataWithItsGraph_byRoleOrByPath() throws Exception {
        int graph = BundleFixture.model().length;
        BundleFixture fixture = fixture()
                .withLowNoiseExpert("low.onnx", BundleFixture.model())
                .withFile("denoiserData", "a.bin", new byte[1000])
                .withFile("denoiserLowNoiseData", "b.bin", new byte[20_000])
                .withFile("weights", "decoder.onnx.data", new byte[300_000])
                .withFile("table", "c.bin", new byte[7]);

        ModelMemory memory = ModelMemory.of(fixture.load().manifest());

        assertThat(memory.weightBytes())
                .containsEntry("denoiser", graph + 1000L)
                .containsEntry("denoiserLowNoise", graph + 20_000L)
                .containsEntry("decoder", graph + 300_000L)
                .containsEntry("table", 7L);
        assertThat(memory.sum()).isEqualTo(4L * graph + 321_007L);
    }

    private BundleFixture fixture() {
        return BundleFixture.in(directory.resolve("bundle"));
    }
}
