package dev.galatea.embedded;

import java.nio.file.Path;

import org.apache.kafka.common.utils.Exit;

/**
 * Says why the process ends when the broker ends it: a broker that can't write its logs halts the JVM at once, and what
 * it logged may not have reached anybody.
 */
final class BrokerEnd {

    /** A disk with less is full for a broker, which writes in larger steps. */
    private static final long LEAST_BYTES = 1 << 20;

    private BrokerEnd() {}

    static void announce(Path directory) {
        Exit.setHaltProcedure((status, message) -> {
            System.err.println("galatea: " + reason(directory, message));
            Runtime.getRuntime().halt(status);
        });
    }

    static String reason(Path directory, String message) {
        String why = directory.toFile().getUsableSpace() < LEAST_BYTES
                ? "no space left on the disk of " + directory
                : message == null || message.isBlank() ? "it can't write to " + directory : message;
        return "the broker has ended: " + why + "; unfinished jobs go on at the next start";
    }
}
