package dev.galatea.denoising.diffusion;

import java.util.Map;
import java.util.TreeMap;

import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;

/**
 * A state to continue from, together with what run it belongs to, as one safetensors file: the tensor {@code latents},
 * everything else as metadata. The same state makes the same file.
 *
 * @param run everything that decides where the run goes (seed, steps, bundle, …); a state may only be continued by a run
 *     with an equal one
 */
public record Checkpoint(SamplerState state, Map<String, String> run) {

    private static final String FORMAT = "galatea-checkpoint/1";
    private static final String FORMAT_KEY = "format";
    private static final String STEP_KEY = "step";
    private static final String LATENTS = "latents";

    public Checkpoint {
        run = Map.copyOf(run);
    }

    /** Reads what {@link #toFile} made; anything else is an {@link IllegalArgumentException}. */
    public static Checkpoint of(SafeTensorsFile file) {
        Map<String, String> run = new TreeMap<>(file.metadata());
        String format = run.remove(FORMAT_KEY);
        String step = run.remove(STEP_KEY);
        if (!FORMAT.equals(format) || step == null) {
            throw new IllegalArgumentException("format: is " + format + "; valid is " + FORMAT + " with a step");
        }
        Tensor latents = file.tensor(LATENTS);
        if (latents.dtype() != DType.F32) {
            throw new IllegalArgumentException("latents: is " + latents.dtype() + "; valid is F32");
        }
        return new Checkpoint(new SamplerState(Integer.parseInt(step), latents), run);
    }

    /** The file to store. */
    public SafeTensorsFile toFile() {
        Map<String, String> metadata = new TreeMap<>(run);
        metadata.put(FORMAT_KEY, FORMAT);
        metadata.put(STEP_KEY, Integer.toString(state.step()));
        return new SafeTensorsFile(Map.of(LATENTS, state.latents()), metadata);
    }
}
