package dev.galatea.denoising.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.tensor.Tensor;

/**
 * Decides which steps go on with the last prediction instead of running the denoiser, as in TeaCache (Liu et al., 2024)
 * with the change counted from the step at which the denoiser ran last, as in first-block caching. What it remembers is
 * in the {@link SolverState}, so a run that is continued decides alike. As thread-safe as its probe.
 *
 * <p>The first and the last step of a run have the denoiser, and so has the first one with another number of contexts,
 * another guidance scale or another expert.
 */
public final class StepCache {

    /** Every step has the denoiser, and nothing is remembered. */
    public static final StepCache NONE = new StepCache(null, 0, 0, 0);

    private static final String LATENTS = "cached_latents";
    private static final String PREDICTION = "cached_prediction";
    /** The names of what is remembered in states. */
    static final Set<String> REMEMBERED = Set.of(LATENTS, PREDICTION);

    private final @Nullable Probe probe;
    private final double threshold;
    private final double highest;
    private final float boundary;

    private StepCache(@Nullable Probe probe, double threshold, double highest, float boundary) {
        this.probe = probe;
        this.threshold = threshold;
        this.highest = highest;
        this.boundary = boundary;
    }

    /**
     * A cache that is used.
     *
     * @param threshold the denoiser runs from this change on
     * @param highest above this timestep the denoiser runs at each step
     * @param boundary from this timestep up one expert predicts, below it another; 0 if one predicts everywhere
     */
    public static StepCache of(Probe probe, double threshold, double highest, float boundary) {
        return new StepCache(probe, threshold, highest, boundary);
    }

    /**
     * The prediction to go on with.
     *
     * @param told what the denoiser is told of the clip beside its latents
     * @return as the denoiser and the guidance made it at an earlier step; null if the denoiser has to run
     */
    @Nullable
    Tensor prediction(SolverState state, Scheduler scheduler, Guidance guidance, @Nullable ConditioningLatents told) {
        Tensor latents = state.remembered(LATENTS);
        Tensor prediction = state.remembered(PREDICTION);
        if (probe == null || latents == null || prediction == null || state.step() == scheduler.steps() - 1) {
            return null;
        }
        float before = scheduler.timestep(lastRun(state));
        float now = scheduler.timestep(state.step());
        if (now > highest || !guidance.isAlike(before, now) || before >= boundary != now >= boundary) {
            return null;
        }
        double change = probe.change(
                new Denoiser.Input(latents, before, guidance.prompt(), told),
                new Denoiser.Input(state.latents(), now, guidance.prompt(), told));
        return change < threshold ? prediction : null;
    }

    /** The state after a step at which the denoiser ran. */
    SolverState ran(SolverState before, Tensor prediction, SolverState after) {
        return probe == null ? after : remembering(after, before.latents(), prediction, before.cachedSteps());
    }

    /** The state after a step at which the denoiser did not run. */
    SolverState reused(SolverState before, Tensor prediction, SolverState after) {
        Tensor latents = before.remembered(LATENTS);
        if (latents == null) {
            throw new IllegalStateException("a prediction without its latents was remembered");
        }
        List<Integer> steps = new ArrayList<>(before.cachedSteps());
        steps.add(after.step());
        return remembering(after, latents, prediction, steps);
    }

    private SolverState remembering(SolverState state, Tensor latents, Tensor prediction, List<Integer> cachedSteps) {
        Map<String, Tensor> tensors = new TreeMap<>(state.tensors());
        tensors.put(LATENTS, latents);
        tensors.put(PREDICTION, prediction);
        return new SolverState(state.step(), tensors, cachedSteps);
    }

    /** The index, from 0, of the step at which the denoiser ran last. */
    private static int lastRun(SolverState state) {
        int step = state.step();
        while (state.cachedSteps().contains(step)) {
            step--;
        }
        return step - 1;
    }
}
