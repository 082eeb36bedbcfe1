package dev.galatea.media;

/** The ways to keep FFmpeg's processes from what is not theirs, beyond their limits and their empty environment. */
public enum Confinement {
    /**
     * Namespaces of their own, made by bubblewrap: no network, no other processes, none of the system's files but
     * programs and libraries, and of the others only those of the run.
     */
    BUBBLEWRAP("bubblewrap"),
    /** None: the system has no bubblewrap, or does not let it work, as in most containers. */
    NONE("none");

    private final String label;

    Confinement(String label) {
        this.label = label;
    }

    /** The name in health checks and logs. */
    public String label() {
        return label;
    }
}
