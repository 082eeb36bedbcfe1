package dev.galatea.standalone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.MalformedTensorException;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;

/**
 * Latents as a safetensors file that people can open with other programs, too.
 *
 * @param latents f32 [C, T, H, W] in the bundle's normalised latent space
 * @param bundle of the encoder; another bundle's decoder can't read them
 */
record LatentsFile(Tensor latents, Sha256 bundle) {

    private static final String TENSOR = "latents";
    private static final String BUNDLE = "bundle";
    private static final int DIMENSIONS = 4;

    /**
     * Reads a file that {@link #write} wrote.
     *
     * @throws IllegalArgumentException if it is another safetensors file
     */
    static LatentsFile read(Path file) throws IOException, MalformedTensorException {
        SafeTensorsFile content = SafeTensors.read(Files.readAllBytes(file));
        String bundle = content.metadata().get(BUNDLE);
        if (bundle == null || !content.tensors().containsKey(TENSOR)) {
            throw new IllegalArgumentException("holds no tensor '" + TENSOR + "' with the metadata '" + BUNDLE
                    + "'; valid is a file of galatea encode");
        }
        return new LatentsFile(content.tensor(TENSOR), new Sha256(bundle));
    }

    /** Writes a new file. */
    void write(Path file) throws IOException {
        Files.write(
                file,
                SafeTensors.write(new SafeTensorsFile(Map.of(TENSOR, latents), Map.of(BUNDLE, bundle.toString()))));
    }

    /**
     * Checks that a decoder of the manifest's bundle could read them.
     *
     * @throws IllegalArgumentException if it could not; the message says what is valid
     */
    void requireDecodable(BundleManifest manifest) {
        long[] shape = latents.shape();
        int channels = manifest.latent().channels();
        if (shape.length != DIMENSIONS
                || shape[0] != channels
                || Arrays.stream(shape).anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException("holds latents of the shape " + Arrays.toString(shape)
                    + "; valid for bundle '" + manifest.name() + "' is [" + channels + ", T, H, W]");
        }
        if (latents.dtype() == DType.I64) {
            throw new IllegalArgumentException("holds integers; valid are floats");
        }
        float[] values = latents.floats();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "holds " + values[i] + " at element " + i + "; valid are finite numbers");
            }
        }
    }
}
