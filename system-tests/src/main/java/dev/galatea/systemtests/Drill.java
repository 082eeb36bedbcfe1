package dev.galatea.systemtests;

import java.util.Optional;

/** One kind of fault. Stateless; may be run again on the same deployment, which it leaves whole. */
interface Drill {

    /** What the command line calls it. */
    String title();

    /** What it does, in a line. */
    String description();

    /** How many denoisers run when it begins. */
    default int denoisers() {
        return 1;
    }

    /** Why it can't be run on this machine. */
    default Optional<String> obstacle(Scene scene) {
        return Optional.empty();
    }

    /** Breaks something while jobs run, and puts it right again; the audit follows. */
    void run(Scene scene) throws Exception;
}
