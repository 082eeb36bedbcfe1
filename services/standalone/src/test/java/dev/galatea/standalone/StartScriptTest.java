package dev.galatea.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Starts of {@code ./galatea} next to each other, and such as are broken off. */
class StartScriptTest {

    private static final String WITHOUT = "run with none";
    private static final String WITH = "run with half and half";

    @TempDir
    Path root;

    private StartScript script;

    @BeforeEach
    void layOut() throws Exception {
        script = StartScript.in(root);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRecordOnce_whenCommandsStartTogether(boolean flock) throws Exception {
        script = (flock ? script : script.withoutFlock()).with("FAKE_SECONDS", "3");
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(script.start("generate", "x"));
        }

        for (Process one : all) {
            assertThat(StartScript.end(one)).isZero();
        }
        // How many come too late to go on without is up to the machine.
        assertThat(script.log()).hasSize(7).containsOnlyOnce("record").containsOnly("record", WITH, WITHOUT);
        assertThat(script.log()).contains(WITH, WITHOUT);
        assertThat(script.archives()).singleElement().satisfies(archive -> assertThat(archive)
                .hasContent("half and half"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveNothing_whenInterrupted(boolean flock) throws Exception {
        script = flock ? script : script.withoutFlock();
        Process process = recording();
        ProcessHandle recorder = script.recorder();

        process.destroy();

        assertThat(StartScript.end(process)).isEqualTo(143);
        assertThat(recorder.isAlive()).isFalse();
        assertThat(script.archives()).isEmpty();
        assertThat(script.run()).isZero();
        assertThat(script.log()).containsExactly("record", "record", WITH);
    }

    /** The JVM outlives the script that was killed, and is then killed, too. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOn_whenARecorderIsKilled(boolean flock) throws Exception {
        script = flock ? script : script.withoutFlock();
        Process process = recording();
        ProcessHandle recorder = script.recorder();
        process.destroyForcibly().waitFor();

        assertThat(script.run()).isZero();
        assertThat(script.log()).as("without waiting").containsExactly("record", WITHOUT);
        recorder.descendants().forEach(ProcessHandle::destroyForcibly);
        recorder.destroyForcibly();
        recorder.onExit().get(1, TimeUnit.MINUTES);

        assertThat(script.run()).isZero();
        assertThat(script.log()).containsExactly("record", WITHOUT, "record", WITH);
        assertThat(script.archives()).hasSize(1);
    }

    /** Starts a command that records for longer than the test takes, and waits until it does. */
    private Process recording() throws Exception {
        Process process = script.with("FAKE_SECONDS", "100").start("generate", "x");
        Awaitility.await()
                .atMost(1, TimeUnit.MINUTES)
                .until(() -> Files.exists(root.resolve("log.recorder"))
                        && Files.size(root.resolve("log.recorder")) > 0
                        && !script.archives().isEmpty()
                        && Files.exists(script.archives().get(0).resolve("owner")));
        return process;
    }

    @Test
    void shouldRecordAnew_forAnotherJdkAndAnotherBuild() throws Exception {
        script.run();
        script.jdk("21.0.1");
        script.run();
        assertThat(script.log()).containsExactly("record", WITH, "record", WITH);
        assertThat(script.archives()).as("one for each JDK").hasSize(2);

        script.built(Instant.now().plusSeconds(5));
        script.run();
        assertThat(script.log()).hasSize(6).endsWith("record", WITH);
        assertThat(script.archives()).as("those of the old build are gone").hasSize(1);

        // A build that is put back has the time that it had.
        script.built(Instant.now().minus(Duration.ofMinutes(30)));
        script.run();
        assertThat(script.log()).hasSize(8).endsWith("record", WITH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "crash"})
    void shouldTryAgainAfterAnHour_whenRecordingFails(String how) throws Exception {
        script = script.with("FAKE_EXIT", how, "FAKE_SECONDS", "1");
        assertThat(script.run()).isZero();
        assertThat(script.run()).isZero();
        assertThat(script.log()).containsExactly("record", WITHOUT, WITHOUT);
        Path mark = script.archives().get(0);
        assertThat(mark).isEmptyFile();

        Files.setLastModifiedTime(mark, FileTime.from(Instant.now().minus(Duration.ofMinutes(50))));
        assertThat(script.with("FAKE_EXIT", "0").run()).isZero();
        assertThat(script.log()).endsWith(WITHOUT);

        Files.setLastModifiedTime(mark, FileTime.from(Instant.now().minus(Duration.ofMinutes(62))));
        assertThat(script.with("FAKE_EXIT", "0").run()).isZero();

        assertThat(script.log()).endsWith("record", WITH);
        assertThat(script.outputs()).doesNotContain("Aborted", "java");
    }

    @Test
    void shouldBuildOnce_whenCommandsStartTogether() throws Exception {
        Files.delete(root.resolve("services/standalone/target/quarkus-app/quarkus-run.jar"));
        script = script.with("FAKE_SECONDS", "2");
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(script.start("models"));
        }

        for (Process one : all) {
            assertThat(StartScript.end(one)).isZero();
        }
        assertThat(script.log()).hasSize(5).startsWith("build").containsOnlyOnce("build");
    }

    @Test
    void shouldBuildAgain_whenABuildWasKilled() throws Exception {
        Files.delete(root.resolve("services/standalone/target/quarkus-app/quarkus-run.jar"));
        Process process = script.with("FAKE_SECONDS", "100").start("models");
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> script.log().contains("build"));
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly().waitFor();
        started.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle one : started) {
            one.onExit().get(1, TimeUnit.MINUTES);
        }
        script.built(Instant.now());

        assertThat(StartScript.end(script.start("models"))).isZero();

        assertThat(script.log()).containsExactly("build", "build", WITHOUT);
    }

    @ParameterizedTest
    @CsvSource({"<&-, true", ">&-, false", "2>&-, true", "<&- >&- 2>&-, false", "< /dev/null 2>&1, true"})
    void shouldNotLetFilesTakeThePlaceOfClosedStreams(String redirections, boolean output) throws Exception {
        assertThat(StartScript.end(script.startWith(redirections, "models"))).isZero();

        assertThat(script.log()).isEqualTo(output ? List.of(WITHOUT) : List.of("no output", WITHOUT));
    }

    /** The real JVM prints what it was given. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "xx_XX.UTF-8", "C.UTF-8", ""})
    void shouldReadArgumentsAsUtf8_whateverTheLocale(String locale) throws Exception {
        String prompt = "рыжий кот über 猫";
        EchoArguments.writeJar(root.resolve("services/standalone/target/quarkus-app/quarkus-run.jar"));
        script = script.with("JAVA_HOME", System.getProperty("java.home"));
        script = locale.isEmpty() ? script : script.with("LC_ALL", locale);

        Process process = script.start("models", prompt);

        assertThat(StartScript.end(process)).isZero();
        assertThat(script.outputs()).contains(EchoArguments.codePoints(prompt));
    }
}
