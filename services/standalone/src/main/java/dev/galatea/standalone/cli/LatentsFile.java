package dev.galatea.standalone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

import dev.galatea.model.id.Sha256;
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

    /** Writes the whole file, or none. */
    void write(Path file) throws IOException {
        byte[] bytes =
                SafeTensors.write(new SafeTensorsFile(Map.of(TENSOR, latents), Map.of(BUNDLE, bundle.toString())));
        Path partial = file.resolveSibling("." + file.getFileName() + ".partial");
        try {
            Files.write(partial, bytes);
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }
}
