package dev.galatea.media;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jboss.logging.Logger;

/** Makes sandboxes as the configuration says, and knows which confinement is active. Thread-safe. */
@ApplicationScoped
public class FfmpegSandboxes {

    private static final Logger LOG = Logger.getLogger(FfmpegSandboxes.class);

    private final MediaConfig.Mode mode;
    private volatile Confinement active;

    @Inject
    public FfmpegSandboxes(MediaConfig config) {
        this.mode = config.confinement();
        this.active = mode == MediaConfig.Mode.OFF || !FfmpegSandbox.mayBeConfined()
                ? Confinement.NONE
                : Confinement.BUBBLEWRAP;
    }

    /**
     * Makes a sandbox.
     *
     * @throws IllegalStateException if confinement is required and does not work
     */
    public FfmpegSandbox open(FfmpegBinaries binaries, ProcessLimits limits) {
        FfmpegSandbox sandbox = mode == MediaConfig.Mode.OFF
                ? FfmpegSandbox.unconfined(binaries, limits)
                : FfmpegSandbox.confined(binaries, limits);
        if (sandbox.confinement() == Confinement.NONE) {
            active = Confinement.NONE;
        }
        if (!isAsRequired()) {
            throw new IllegalStateException("galatea.media.confinement: is required, and bubblewrap does not work here;"
                    + " valid is a machine that has bwrap and lets it make namespaces, or auto");
        }
        LOG.infof("FFmpeg runs confinement=%s", sandbox.confinement().label());
        return sandbox;
    }

    /** The weakest confinement of all sandboxes; before there are any, the one that the machine seems to offer. */
    Confinement active() {
        return active;
    }

    boolean isAsRequired() {
        return mode != MediaConfig.Mode.REQUIRED || active != Confinement.NONE;
    }
}
