package dev.galatea.model.event;

/**
 * An event that hands a job on: from admission to the first stage, between stages, or from the last one to its end.
 * Open, so that a stage that is added brings its own.
 */
public non-sealed interface StageEvent extends Event {

    /** The complete and valid specification of the job. */
    JobSpec spec();

    @Override
    default <R> R accept(Visitor<R> visitor) {
        return visitor.handedOn(this);
    }
}
