package dev.galatea.stage.queue;

/** What becomes of a record after an attempt. */
enum Settlement {
    /** Done; never again. */
    ACCEPT,
    /** Hopeless, and in the dead-letter topic; never again. */
    REJECT,
    /** Somebody else, or we ourselves, try again. */
    RELEASE
}
