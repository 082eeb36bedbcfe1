package dev.galatea.standalone;

import java.io.PrintWriter;
import java.io.StringWriter;

import org.junit.jupiter.api.Test;

import dev.galatea.standalone.cli.ExitCodes;
import dev.galatea.standalone.cli.GalateaCommand;

import static org.assertj.core.api.Assertions.assertThat;

class MainTest {

    /** What becomes of Latin-1 in a locale of UTF-8, and of UTF-8 in one of ASCII. */
    @Test
    void shouldRefuseArguments_thatCouldNotBeDecoded() {
        StringWriter err = new StringWriter();
        String[] arguments = {"generate", "a caf\ufffd at night", "--size", "no size"};

        int exitCode = Main.run(GalateaCommand.commandLine().setErr(new PrintWriter(err)), arguments);

        assertThat(exitCode).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(err.toString())
                .startsWith("galatea: a caf")
                .contains("is no text in the locale's encoding", "LC_ALL=C.UTF-8")
                .doesNotContain("--size");
    }
}
