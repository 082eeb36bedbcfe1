package dev.galatea.decoding;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.noise.DecoderNoise;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Held to what diffusers' pipeline of LTX-Video hands to its decoder (make_noise_fixture.py). */
class DecoderNoiseTest {

    private static final Path FIXTURE = Path.of("src/test/resources/noise/ltx.safetensors");
    private static final long SEED = 1_234_567;
    private static final double LEVEL = 0.025;

    @Test
    void shouldGiveTheDecoderWhatThePipelineGives() throws Exception {
        SafeTensorsFile file = SafeTensors.read(Files.readAllBytes(FIXTURE));
        Tensor latents = file.tensor("latents");
        List<Double> mean = doubles(file.tensor("mean"));
        List<Double> std = doubles(file.tensor("std"));
        BundleManifest.Latent latent = new BundleManifest.Latent(mean.size(), 32, 8, true, 1, mean, std);
        float[] mixed = DecoderNoise.mixed(latents, latent, LEVEL, SEED).floats();
        float[] other = DecoderNoise.mixed(latents, latent, LEVEL, SEED + 1).floats();
        float[] expected = file.tensor("decoded").floats();
        assertThat(denormalised(mixed, mean, std)).containsExactly(expected, within(2e-6f));
        assertThat(mostDifferent(denormalised(other, mean, std), expected)).isGreaterThan(0.01);
    }

    /** As a decoder's graph does. */
    private static float[] denormalised(float[] values, List<Double> mean, List<Double> std) {
        float[] result = new float[values.length];
        int channel = values.length / mean.size();
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) (values[i] * std.get(i / channel) + mean.get(i / channel));
        }
        return result;
    }

    private static double mostDifferent(float[] a, float[] b) {
        double most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs(a[i] - b[i]));
        }
        return most;
    }

    private static List<Double> doubles(Tensor tensor) {
        List<Double> values = new ArrayList<>();
        for (float value : tensor.floats()) {
            values.add((double) value);
        }
        return values;
    }
}
