package dev.galatea.standalone.parity;

import dev.galatea.denoising.diffusion.SampledStep;
import dev.galatea.denoising.diffusion.SolverState;
import dev.galatea.denoising.diffusion.StepListener;

/** Followers of a run that tests need. */
final class StepListeners {

    private StepListeners() {}

    /** The run was stopped, as a worker that is killed stops it. */
    static final class Killed extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient SolverState state;

        Killed(SolverState state) {
            this.state = state;
        }

        SolverState state() {
            return state;
        }
    }

    static StepListener<RuntimeException> silent() {
        return new StepListener<>() {
            @Override
            public void beforeStep(SolverState state) {
                // Nobody asks.
            }

            @Override
            public void afterStep(SampledStep step) {
                // Nobody asks.
            }
        };
    }

    /** Stops a run before a step, counted from 0. */
    static StepListener<Killed> killerBefore(int step) {
        return new StepListener<>() {
            @Override
            public void beforeStep(SolverState state) throws Killed {
                if (state.step() == step) {
                    throw new Killed(state);
                }
            }

            @Override
            public void afterStep(SampledStep done) {
                // Stops before steps only.
            }
        };
    }
}
