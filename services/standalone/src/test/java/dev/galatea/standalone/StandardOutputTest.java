package dev.galatea.standalone;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import dev.galatea.standalone.cli.ExitCodes;

import static org.assertj.core.api.Assertions.assertThat;

class StandardOutputTest {

    private static final Path FULL = Path.of("/dev/full");

    private final StringWriter err = new StringWriter();

    @Test
    void shouldFail_whenThereIsNoRoomForTheResult() throws Exception {
        Assumptions.assumeTrue(Files.exists(FULL), "/dev/full is of Linux");
        try (FileOutputStream full = new FileOutputStream(FULL.toFile())) {
            StandardOutput output = new StandardOutput(full);
            new PrintStream(output, true).println("{}");

            assertThat(conclude(output, ExitCodes.DONE)).isEqualTo(ExitCodes.FAILED);
        }
        assertThat(err.toString()).isEqualTo("galatea: standard output can't be written: No space left on device\n");
    }

    @Test
    void shouldFailWithoutAWord_whenTheReaderHadEnough() {
        StandardOutput output = new StandardOutput(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        new PrintStream(output, true).print('x');

        assertThat(conclude(output, ExitCodes.DONE)).isEqualTo(ExitCodes.FAILED);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldKeepTheCodeOfOtherFailures() {
        StandardOutput output = new StandardOutput(OutputStream.nullOutputStream());
        new PrintStream(output, true).println("{}");

        assertThat(conclude(output, ExitCodes.DONE)).isEqualTo(ExitCodes.DONE);
        assertThat(conclude(output, ExitCodes.WRONG_USE)).isEqualTo(ExitCodes.WRONG_USE);
    }

    private int conclude(StandardOutput output, int exitCode) {
        return output.conclude(exitCode, new PrintWriter(err, true));
    }
}
