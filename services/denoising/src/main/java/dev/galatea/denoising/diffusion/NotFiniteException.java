package dev.galatea.denoising.diffusion;

/** The model's prediction holds a NaN or an infinity; running it again gives the same. */
public final class NotFiniteException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotFiniteException(int step, float timestep) {
        super("prediction: holds values that are not finite at step " + step + " (timestep " + timestep + ")");
    }
}
