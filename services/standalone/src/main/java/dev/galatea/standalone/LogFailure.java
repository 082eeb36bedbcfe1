package dev.galatea.standalone;

import java.io.IOException;
import java.util.logging.ErrorManager;
import java.util.logging.Handler;
import java.util.logging.Logger;

import org.jboss.logmanager.ExtHandler;
import org.jspecify.annotations.Nullable;

/** Says once, on one line, that the log can't be written; the log manager would print a stack trace. Thread-safe. */
final class LogFailure extends ErrorManager {

    private boolean said;

    /** Lets all handlers of the running application report here. */
    static void install() {
        LogFailure failure = new LogFailure();
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            failure.watch(handler);
        }
    }

    private void watch(Handler handler) {
        handler.setErrorManager(this);
        if (handler instanceof ExtHandler parent) {
            for (Handler child : parent.getHandlers()) {
                watch(child);
            }
        }
    }

    @Override
    public synchronized void error(@Nullable String message, @Nullable Exception failure, int code) {
        if (!said) {
            said = true;
            String reason = failure instanceof IOException io ? Problem.reason(io) : message + ": " + failure;
            System.err.println("galatea: the log can't be written: " + Problem.line(reason));
        }
    }
}
