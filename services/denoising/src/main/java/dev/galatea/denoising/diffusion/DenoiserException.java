package dev.galatea.denoising.diffusion;

/** The denoiser did not run; the cause says why and what is to be done about it. */
public final class DenoiserException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DenoiserException(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
