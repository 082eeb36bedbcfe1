package dev.galatea.denoising.diffusion;

/**
 * Follows a run of the sampler, on its thread. Whatever it throws ends the run.
 *
 * @param <E> what it throws to stop the run
 */
public interface StepListener<E extends Exception> {

    /** Called before each step: the place to stop at. */
    void beforeStep(SolverState state) throws E;

    /** Called after each step, also after the last. */
    void afterStep(SampledStep step) throws E;
}
