package dev.galatea.worker;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Level;

import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PrintableLogTest {

    private static final String HOSTILE = "\u001b]0;owned\u0007\u009b2J\u202E\r";

    private final PrintableLog filter = new PrintableLog();

    @Test
    void shouldEscapeWhatParametersHold() {
        ExtLogRecord logged = new ExtLogRecord(
                Level.WARNING, "gave up reason=%s", ExtLogRecord.FormatStyle.PRINTF, PrintableLogTest.class.getName());
        logged.setParameters(new Object[] {HOSTILE});

        assertThat(filter.isLoggable(logged)).isTrue();

        String line = new PatternFormatter("%s%e%n").format(logged);
        assertThat(line).contains("gave up reason=\\u001b]0;owned\\u0007\\u009b2J\\u202e\\u000d");
        assertThat(line.strip()).matches("\\P{Cntrl}*");
    }

    @Test
    void shouldLetNoLineLookLikeARecord() {
        ExtLogRecord logged = record("bad\n2026-11-30 12:00:00 INFO all is well");
        filter.isLoggable(logged);
        filter.isLoggable(logged);
        assertThat(logged.getFormattedMessage()).isEqualTo("bad\n\t2026-11-30 12:00:00 INFO all is well");
    }

    @Test
    void shouldEscapeWhatExceptionsSay() {
        IllegalStateException thrown =
                new IllegalStateException("outer", new IllegalArgumentException("inner " + HOSTILE));
        thrown.addSuppressed(new IllegalStateException("beside " + HOSTILE));
        ExtLogRecord logged = record("failed");
        logged.setThrown(thrown);

        filter.isLoggable(logged);

        StringWriter trace = new StringWriter();
        logged.getThrown().printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString())
                .startsWith("java.lang.IllegalStateException: outer")
                .contains("Caused by: java.lang.IllegalArgumentException: inner \\u001b]0;owned")
                .contains("Suppressed: java.lang.IllegalStateException: beside \\u001b]0;owned")
                .contains("at " + PrintableLogTest.class.getName())
                .doesNotContain("\u001b", "\u009b", "\u202E", "\r");
    }

    @Test
    void shouldLeaveWhatIsPrintable() {
        ExtLogRecord logged = record("für %s");
        IllegalStateException thrown = new IllegalStateException("plain", new IllegalStateException("words"));
        logged.setThrown(thrown);

        filter.isLoggable(logged);

        assertThat(logged.getMessage()).isEqualTo("für %s");
        assertThat(logged.getThrown()).isSameAs(thrown);
    }

    private static ExtLogRecord record(String message) {
        return new ExtLogRecord(
                Level.INFO, message, ExtLogRecord.FormatStyle.NO_FORMAT, PrintableLogTest.class.getName());
    }
}
