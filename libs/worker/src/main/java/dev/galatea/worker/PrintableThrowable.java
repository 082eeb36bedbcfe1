package dev.galatea.worker;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Stands for an exception in a log whose messages are not printable as they are: same trace, same causes. */
final class PrintableThrowable extends Throwable {

    private static final long serialVersionUID = 1L;

    private final String text;

    private PrintableThrowable(String text, StackTraceElement[] trace) {
        super(text);
        this.text = text;
        setStackTrace(trace);
    }

    /** The exception itself if all of it is printable. */
    static Throwable of(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        return isPrintable(thrown, seen) ? thrown : copy(thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static boolean isPrintable(Throwable thrown, Set<Throwable> seen) {
        if (!seen.add(thrown)) {
            return true;
        }
        String text = thrown.toString();
        if (!PrintableLog.printable(text).equals(text)) {
            return false;
        }
        for (Throwable suppressed : thrown.getSuppressed()) {
            if (!isPrintable(suppressed, seen)) {
                return false;
            }
        }
        return thrown.getCause() == null || isPrintable(thrown.getCause(), seen);
    }

    private static Throwable copy(Throwable thrown, Set<Throwable> seen) {
        PrintableThrowable copy =
                new PrintableThrowable(PrintableLog.printable(thrown.toString()), thrown.getStackTrace());
        if (seen.add(thrown)) {
            for (Throwable suppressed : thrown.getSuppressed()) {
                copy.addSuppressed(copy(suppressed, seen));
            }
            if (thrown.getCause() != null) {
                copy.initCause(copy(thrown.getCause(), seen));
            }
        }
        return copy;
    }

    @Override
    public String toString() {
        return text;
    }
}
