package dev.galatea.systemtests;

import java.util.Optional;

/** One kind of fault. Stateless; may be run again on the same deployment, which it leaves whole. */
interface Drill {

    /** The drill's name on the command line. */
    String title();

    /** One line that describes the drill. */
    String description();

    /** The number of denoisers that run when it begins. */
    default int denoisers() {
        return 1;
    }

    /** The reason for which it can't be run on this machine. */
    default Optional<String> obstacle(DrillContext context) {
        return Optional.empty();
    }

    /** Breaks something while jobs run, and puts it right again; the audit follows. */
    void run(DrillContext context) throws Exception;
}
