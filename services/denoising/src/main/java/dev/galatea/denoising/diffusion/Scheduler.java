package dev.galatea.denoising.diffusion;

import java.util.Arrays;
import java.util.Set;

import dev.galatea.model.bundle.BundleManifest.Prediction;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.Tensor;

/**
 * A solver with its noise schedule: turns predictions into cleaner latents. Made for one job; immutable and
 * thread-safe, because what it remembers is in the {@link SolverState}. Steps are counted from 0.
 *
 * @see <a href="../../../../../../../../../docs/decisions/0014-a-solver-steps-over-named-tensors.md">ADR 0014</a>
 */
public interface Scheduler {

    /** The noise before each step. */
    NoiseSchedule schedule();

    /** The kind of the denoiser's predictions. */
    Prediction prediction();

    /** The state after one more step, from the prediction for the state's latents. */
    SolverState step(SolverState state, Tensor prediction);

    /** The names of the tensors that a state may hold beside the latents, each of their shape. */
    default Set<String> history() {
        return Set.of();
    }

    /** The number of steps from noise to the clip. */
    default int steps() {
        return schedule().steps();
    }

    /** The timestep that the denoiser is told before step {@code index}. */
    default float timestep(int index) {
        return schedule().timestep(index);
    }

    /** Clean latents with as much noise as there is before step {@code index}. */
    default Tensor noised(int index, Tensor clean, Tensor noise) {
        return schedule().level(index).noised(clean, noise);
    }

    /**
     * The prediction of a denoiser that knows the clip, for the state's latents.
     *
     * @param noise the noise that the run began with
     */
    default Tensor truePrediction(SolverState state, Tensor clean, Tensor noise) {
        return Predictions.of(prediction(), clean, noise, schedule().level(state.step()));
    }

    /** The clean latents that a prediction for the state's latents stands for. */
    default Tensor estimate(SolverState state, Tensor prediction) {
        return Predictions.toClean(
                prediction(), state.latents(), prediction, schedule().level(state.step()));
    }

    /** True if a state is one that a run with this scheduler can make of latents of a shape. */
    default boolean accepts(SolverState state, long[] shape) {
        boolean known = state.names().stream()
                .allMatch(name -> name.equals(SolverState.LATENTS)
                        || history().contains(name)
                        || StepCache.REMEMBERED.contains(name));
        boolean fitting = state.tensors().values().stream()
                .allMatch(tensor -> tensor.dtype() == DType.F32 && Arrays.equals(tensor.shape(), shape));
        boolean done = state.cachedSteps().stream().allMatch(step -> step > 1 && step <= state.step());
        return known && fitting && done && state.step() >= 0 && state.step() <= steps();
    }
}
