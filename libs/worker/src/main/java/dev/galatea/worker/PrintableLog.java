package dev.galatea.worker;

import java.util.logging.Filter;
import java.util.logging.LogRecord;

import io.quarkus.logging.LoggingFilter;
import org.jboss.logmanager.ExtLogRecord;

import dev.galatea.model.text.PrintableText;

/**
 * Writes control characters in log messages and exceptions as escapes, because logs are read on terminals and their
 * texts may come from events. Further lines of a message are indented, so that none looks like a record of its own.
 * Lets every record pass. Thread-safe.
 */
@LoggingFilter(name = PrintableLog.NAME)
public final class PrintableLog implements Filter {

    static final String NAME = "galatea-printable";

    @Override
    public boolean isLoggable(LogRecord logged) {
        if (logged instanceof ExtLogRecord extended) {
            clean(extended);
        }
        return true;
    }

    private static void clean(ExtLogRecord logged) {
        String message = logged.getFormattedMessage();
        String safe = message == null ? null : printable(message);
        if (safe != null && !safe.equals(message)) {
            logged.setMessage(safe, ExtLogRecord.FormatStyle.NO_FORMAT);
        }
        Throwable thrown = logged.getThrown();
        if (thrown != null) {
            logged.setThrown(PrintableThrowable.of(thrown));
        }
    }

    /** What was made printable stays as it is: every handler of a record filters it. */
    static String printable(String text) {
        return PrintableText.lines(text).replaceAll("\n(?!\t)", "\n\t");
    }
}
