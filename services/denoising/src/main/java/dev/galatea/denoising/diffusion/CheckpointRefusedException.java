package dev.galatea.denoising.diffusion;

/** A checkpoint is not one to continue a run from; the message says what it is and what is valid. */
public final class CheckpointRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The reasons to refuse a checkpoint, by the names that failures use. */
    public enum Reason {
        /** It is not a checkpoint, or not the one that was written. */
        ALTERED("checkpoint_altered"),
        /** It has another format, of an older or newer worker. */
        OTHER_VERSION("checkpoint_other_version"),
        /** It was made with another model bundle. */
        OTHER_BUNDLE("checkpoint_other_bundle"),
        /** It belongs to a run with another spec or other inputs. */
        OTHER_RUN("checkpoint_other_run");

        private final String wireName;

        Reason(String wireName) {
            this.wireName = wireName;
        }

        /** The code in failures. */
        public String wireName() {
            return wireName;
        }
    }

    public CheckpointRefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Returns the reason, for programs. */
    public Reason reason() {
        return reason;
    }
}
