package dev.galatea.encoding.onnx;

import java.nio.file.Path;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleLoader;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxConfig;
import dev.galatea.onnx.OnnxConfigs;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.testsupport.TinyBundles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is loaded of a bundle, and what it counts: 154,724 bytes of one encoder, 65,724 of the other. */
class EncoderModelsTest {

    @TempDir
    Path directory;

    @Test
    void shouldLoadTheEncoderOfPictures_whereTheDenoiserLooksAtThem() throws Exception {
        EncoderModels models = models(300_000);
        try (EncoderModels.Lease looking = models.acquire(bundle(TinyBundles.WAN21_I2V));
                EncoderModels.Lease other = models(300_000).acquire(bundle(TinyBundles.WAN22_I2V))) {
            assertThat(looking.pictureEncoder()).isNotNull();
            assertThat(other.pictureEncoder()).isNull();
        }
    }

    @Test
    void shouldCountBothEncoders() throws Exception {
        Bundle bundle = bundle(TinyBundles.WAN21_I2V);
        try (EncoderModels.Lease lease = models(221_000).acquire(bundle)) {
            assertThat(lease.encoder()).isNotNull();
        }
        assertThatThrownBy(() -> models(220_000).acquire(bundle))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("encoder.onnx 0.1 MiB + image-encoder.onnx 0.1 MiB");
    }

    private Bundle bundle(String name) throws Exception {
        return new BundleLoader(directory.resolve("cache")).load(TinyBundles.copy(name, directory));
    }

    private static EncoderModels models(long budget) {
        OnnxConfig config = OnnxConfigs.of(
                Map.of("galatea.onnx.threads", "1", "galatea.onnx.memory-budget", Long.toString(budget)));
        return new EncoderModels(new OnnxRuntime(config, new SimpleMeterRegistry()), new ModelMemory(config));
    }
}
