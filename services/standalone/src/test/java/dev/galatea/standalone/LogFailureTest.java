package dev.galatea.standalone;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.logging.ErrorManager;

import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class LogFailureTest {

    @Test
    void shouldSayItOnce_onOneLine() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(said, true, UTF_8));
        try {
            LogFailure failure = new LogFailure();
            failure.error("Error on flush", new IOException("No space left on device"), ErrorManager.FLUSH_FAILURE);
            failure.error("Could not write", new IOException("No space left on device"), ErrorManager.WRITE_FAILURE);
        } finally {
            System.setErr(before);
        }
        assertThat(said.toString(UTF_8)).isEqualTo("galatea: the log can't be written: No space left on device\n");
    }
}
