package dev.galatea.denoising;

import java.time.Duration;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the denoising stage. */
@ConfigMapping(prefix = "galatea.denoising")
public interface DenoisingConfig {

    /** A preview picture is made after every so many steps; 0 makes none. */
    @WithDefault("4")
    int previewEvery();

    /** The number of bundles whose models stay loaded while no job uses them. */
    @WithDefault("2")
    int loadedBundles();

    /** True to load the default bundle's denoiser when the service starts, and not for the first job. */
    @WithDefault("true")
    boolean warmUp();

    /** When the state of a job is stored, for another worker to continue from. */
    Checkpoint checkpoint();

    /** When checkpoints are written, besides when a job is given back: whichever of the two comes first. */
    interface Checkpoint {

        /** After so many steps; 0 leaves it to the interval. */
        @WithDefault("0")
        int everySteps();

        /** After the first step that ends so long after the last checkpoint. */
        @WithDefault("PT10S")
        Duration interval();
    }
}
