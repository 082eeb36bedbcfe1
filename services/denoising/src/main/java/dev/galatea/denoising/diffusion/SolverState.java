package dev.galatea.denoising.diffusion;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.noise.TorchRandn;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.Tensor;

/**
 * The state that a solver goes on from: the latents, and by their names the tensors that it remembers of earlier steps.
 * A run continued from a state gives the same bits as one that never stopped.
 *
 * @param step steps done
 * @param tensors {@value #LATENTS}, f32 [C, T, H, W], and the history of the solver and the step cache
 * @param cachedSteps the steps done, counted from 1, at which an earlier prediction was used again; in their order
 */
public record SolverState(int step, Map<String, Tensor> tensors, List<Integer> cachedSteps) {

    /** The name of the latents. */
    public static final String LATENTS = "latents";

    public SolverState {
        tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
        cachedSteps = List.copyOf(cachedSteps);
        Tensor latents = tensors.get(LATENTS);
        if (latents == null || latents.dtype() != DType.F32) {
            throw new IllegalArgumentException(
                    LATENTS + ": is " + (latents == null ? "missing" : latents.dtype()) + "; valid is a tensor of F32");
        }
    }

    /** A state to which the denoiser ran at each step. */
    public SolverState(int step, Map<String, Tensor> tensors) {
        this(step, tensors, List.of());
    }

    /** A state without a history. */
    public SolverState(int step, Tensor latents) {
        this(step, Map.of(LATENTS, latents));
    }

    /** The start of a run: noise alone. */
    public static SolverState noise(long seed, long[] shape) {
        return new SolverState(0, TorchRandn.sample(seed, shape));
    }

    /**
     * The start of a variation: a clip that was taken back into noise, so that the last {@code strength} of the steps
     * are left, and at least one.
     *
     * @param clean f32 [C, T, H, W]
     * @param strength over 0 up to 1
     */
    public static SolverState variation(Scheduler scheduler, Tensor clean, double strength, Tensor noise) {
        int steps = scheduler.steps();
        int left = Math.max(1, (int) Math.floor(steps * strength + 1e-9));
        int first = steps - left;
        return new SolverState(first, scheduler.noised(first, clean, noise));
    }

    /** The latents, f32 [C, T, H, W]. */
    public Tensor latents() {
        Tensor latents = tensors.get(LATENTS);
        if (latents == null) {
            throw new IllegalStateException("a state without latents was made");
        }
        return latents;
    }

    /** The state after one more step of a solver that remembers nothing. */
    SolverState next(Tensor latents) {
        return new SolverState(step + 1, latents);
    }

    /** The state after one more step of a solver that remembers one tensor. */
    SolverState next(Tensor latents, String name, Tensor remembered) {
        return new SolverState(step + 1, Map.of(LATENTS, latents, name, remembered));
    }

    /** The state after one more step of a solver that remembers several tensors. */
    SolverState next(Tensor latents, Map<String, Tensor> remembered) {
        Map<String, Tensor> all = new TreeMap<>(remembered);
        all.put(LATENTS, latents);
        return new SolverState(step + 1, all);
    }

    /** A tensor of the history; null if the run has none of that name yet. */
    @Nullable
    Tensor remembered(String name) {
        return tensors.get(name);
    }

    /** The names of all tensors. */
    Set<String> names() {
        return tensors.keySet();
    }
}
