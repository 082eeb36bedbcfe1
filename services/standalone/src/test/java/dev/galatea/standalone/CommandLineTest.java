package dev.galatea.standalone;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.galatea.standalone.cli.ExitCodes;
import dev.galatea.standalone.cli.GalateaCommand;

import static org.assertj.core.api.Assertions.assertThat;

/** Wrong use is answered before anything is started. */
class CommandLineTest {

    @TempDir
    Path directory;

    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource({
        "--size=128,    '--size'",
        "--size=axb,    'is not a size'",
        "--steps=many,  '--steps'",
        "--seed=x,      '--seed'",
        "--seconds=2d,  '--seconds'",
        "--seconds=NaN, 'is not a decimal number'",
        "--guidance=0x1p3, 'is not a decimal number'",
        "--guidance=1e400, '''1e400'' is not a decimal number'",
        "--seed=1.5,    '''1.5'' is not valid; valid are whole numbers from -9223372036854775808 to 9223372036854775807'",
        "--steps=2147483648, '''2147483648'' is not valid; valid are whole numbers from'",
        "--image=,      'is empty; valid is the name of a file'",
        "--data-dir=,   'is empty; valid is the name of a file or directory'",
        "--fit=squeeze, '''squeeze'' is not valid; valid are crop, pad'",
        "--background=red, '--background: ''red'' is not a colour; valid is for instance #ffffff'",
        "--frames=8 --seconds=1, 'mutually exclusive'",
        "--no-such,     'Unknown option'",
    })
    void shouldExplainWrongUse(String options, String expected) {
        int exitCode = run(("generate prompt " + options.strip()).split(" +"));

        assertThat(exitCode).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(err.toString()).contains(expected);
    }

    @Test
    void shouldRefuseOutput_whenDirectoryIsMissing() {
        int exitCode = run(
                "generate",
                "prompt",
                "--out",
                directory.resolve("no/such/dir/clip.mp4").toString());

        assertThat(exitCode).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(err.toString()).contains("--out").contains("existing directory");
    }

    @Test
    void shouldRefuseOutput_whenItIsADirectory() {
        int exitCode = run("generate", "prompt", "--out", directory.toString());

        assertThat(exitCode).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(err.toString()).contains("is a directory");
    }

    @Test
    void shouldNeedAPrompt() {
        assertThat(run("generate")).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(err.toString()).contains("PROMPT");
    }

    @ParameterizedTest
    @CsvSource({
        "drill no-such,               'there is no no-such'",
        "drill --kills=0,             '--kills'",
        "drill --lock=soon,           '''soon'' is not a duration; valid is for instance 5s, 500ms or PT5S'",
        "drill --lock=500ms,          '--lock: is PT0.5S; valid is at least one second'",
        "dead-letters list --limit=0, '--limit: 0 is not valid; valid are 1 and more'",
        "genrate x,                   '''genrate'' is not a command; valid are generate, extend, serve, encode, decode'",
        "models lst,                  '''lst'' is not a command; valid are '",
        "models --bundles-path= list, 'is empty'",
        "dead-letters,                'Missing required subcommand'",
        "dead-letters show,           'ID'",
        "extend --seconds=1,          'ID'",
        "extend no-id --seconds=1,    'ID: ''no-id'' is not the id of a job; valid is for instance'",
        "extend 0199b6a0-0000-7000-8000-000000000000, '--seconds'",
        "extend 0199b6a0-0000-7000-8000-000000000000 --seconds=0, 'over 0 up to 120'",
    })
    void shouldExplainWrongUse_ofTools(String arguments, String expected) {
        assertThat(run(arguments.strip().split(" +"))).isEqualTo(ExitCodes.WRONG_USE);
        assertThat(err.toString()).contains(expected);
    }

    @Test
    void shouldTellWhatThereIs() {
        StringWriter out = new StringWriter();

        assertThat(GalateaCommand.commandLine().setOut(new PrintWriter(out)).execute("help", "decode"))
                .isEqualTo(ExitCodes.DONE);
        assertThat(out.toString()).contains("galatea decode").contains("LATENTS");
    }

    private int run(String... args) {
        return GalateaCommand.commandLine().setErr(new PrintWriter(err)).execute(args);
    }
}
