package dev.galatea.denoising;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the denoising stage. */
@ConfigMapping(prefix = "galatea.denoising")
public interface DenoisingConfig {

    /**
     * The pool that this worker serves: its bundles are those that job-tracking has in
     * {@code galatea.pools.<pool>.bundles}. Without a value, the default pool.
     */
    Optional<String> pool();

    /** A preview picture is made after every so many steps; 0 makes none. */
    @WithDefault("4")
    int previewEvery();

    /**
     * The number of bundles whose models stay loaded while no job uses them; without it 2, or with
     * {@code galatea.onnx.memory-budget} as many as fit.
     */
    OptionalInt loadedBundles();

    /** True to load the default bundle's denoiser when the service starts, and not for the first job. */
    @WithDefault("true")
    boolean warmUp();

    /**
     * Most texts that one run of the denoiser takes: 2 runs prompt and negative prompt together, 1 one after the other,
     * in half the memory and with the same result.
     */
    @WithDefault("2")
    int guidanceBatch();

    /** Settings of checkpoints, from which another worker can continue a job. */
    Checkpoint checkpoint();

    /** The frequency of checkpoints besides those of jobs given back: whichever of the two comes first. */
    interface Checkpoint {

        /** Number of steps between two checkpoints; 0 leaves it to the interval. */
        @WithDefault("0")
        int everySteps();

        /** Time between two checkpoints; the next one is written after the first step that ends later. */
        @WithDefault("PT10S")
        Duration interval();
    }
}
