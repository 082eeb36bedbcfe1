package dev.galatea.standalone.cli;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Turns the first Ctrl-C into a request that the running command can answer (by cancelling its job); the second one
 * ends the process as usual. Quarkus's own handler is back in place after {@link #close()}.
 */
final class Interruption implements AutoCloseable {

    private static final Signal CTRL_C = new Signal("INT");

    private final SignalHandler previous;
    private volatile boolean requested;

    private Interruption() {
        previous = Signal.handle(CTRL_C, this::onSignal);
    }

    static Interruption onCtrlC() {
        return new Interruption();
    }

    boolean requested() {
        return requested;
    }

    private void onSignal(Signal signal) {
        if (requested) {
            Runtime.getRuntime().halt(ExitCodes.INTERRUPTED);
        }
        requested = true;
    }

    @Override
    public void close() {
        Signal.handle(CTRL_C, previous);
    }
}
