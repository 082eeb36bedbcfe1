package dev.galatea.standalone.parity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.galatea.model.tensor.Tensor;
import dev.galatea.standalone.parity.OpenModelsParityTest.Case;
import dev.galatea.testsupport.TinyBundles;

/**
 * Runs every case of {@link OpenModelsParityTest} on the provider that the system property
 * {@code galatea.onnx.provider} names, and prints how far each is from diffusers; {@code model-lab/device-check} reads
 * it:
 *
 * <pre>
 * parity case=BUNDLE/REFERENCE/STEPS latents=DIFFERENCE frames=DIFFERENCE millis=OF_SAMPLING
 * </pre>
 */
final class ParityOnDevice {

    private ParityOnDevice() {}

    /** Runs; the exit status is 1 if a case can't run. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("parity");
        for (Case run : OpenModelsParityTest.cases().toList()) {
            System.out.println(line(run, directory));
        }
    }

    private static String line(Case run, Path directory) throws Exception {
        Reference reference = Reference.read(bundle(run, directory), run.reference());
        try (Services services = new Services(bundle(run, directory), directory.resolve("cache"))) {
            services.sample(reference, run.steps()); // loads what is loaded once
            long begun = System.nanoTime();
            Tensor latents = services.sample(reference, run.steps());
            long millis = (System.nanoTime() - begun) / 1_000_000;
            String steps = "." + run.steps();
            float far = Reference.difference(
                    latents.floats(), reference.tensor("latents" + steps).floats());
            float frames = reference.has("frames" + steps)
                    ? Reference.difference(
                            services.decode(latents, 1),
                            reference.tensor("frames" + steps).floats())
                    : 0;
            String name = run.bundle() + "/" + run.reference() + "/" + run.steps();
            return "parity case=" + name + " latents=" + far + " frames=" + frames + " millis=" + millis;
        }
    }

    private static Path bundle(Case run, Path directory) throws IOException {
        Path copied = directory.resolve(run.bundle());
        return Files.exists(copied) ? copied : TinyBundles.copy(run.bundle(), directory);
    }
}
