package dev.galatea.systemtests;

import java.util.Optional;

/** A temporary fault of the store. Stateless. */
interface StoreFault {

    /** The reason for which it can't be brought about on this machine. */
    default Optional<String> obstacle(DrillContext context) {
        return Optional.empty();
    }

    /** Brings it about. */
    void begin(DrillContext context) throws Exception;

    /** Ends it, and notes a violation if nobody can have been disturbed by it. */
    void end(DrillContext context) throws Exception;
}
