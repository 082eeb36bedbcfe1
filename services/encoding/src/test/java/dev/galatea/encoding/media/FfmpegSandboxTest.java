package dev.galatea.encoding.media;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.galatea.media.Confinement;
import dev.galatea.media.FfmpegBinaries;
import dev.galatea.media.FfmpegSandbox;
import dev.galatea.media.ProcessLimits;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Scripts in the place of FFmpeg try what an FFmpeg would that hostile media have taken over. */
class FfmpegSandboxTest {

    private static final ProcessLimits LIMITS = new ProcessLimits(1L << 30, Duration.ofSeconds(20), 4096);

    @TempDir
    Path directory;

    private record Ended(int exitCode, String output) {}

    @Test
    void shouldGetNothingOfTheEnvironment() throws Exception {
        assertThat(System.getenv()).as("of this process").containsKey("PATH");

        Ended ended = run(unconfined("env"), List.of(), List.of());

        // The rest is what a shell sets itself.
        assertThat(ended.output().lines().map(line -> line.split("=", 2)[0]).collect(Collectors.toSet()))
                .contains("LC_ALL")
                .isSubsetOf(Set.of("LC_ALL", "LD_LIBRARY_PATH", "PWD", "OLDPWD", "SHLVL", "_"));
    }

    @Test
    void shouldBeLimited_inMemoryProcessorTimeFilesAndCoreDumps() throws Exception {
        Ended ended = run(unconfined("ulimit -v; ulimit -t; ulimit -f; ulimit -c"), List.of(), List.of());

        assertThat(ended.output().lines()).containsExactly("1048576", "20", "8", "0");
    }

    @Test
    void shouldBeKilled_whenItComputesForTooLong() throws Exception {
        FfmpegSandbox sandbox =
                FfmpegSandbox.unconfined(script("while :; do :; done"), new ProcessLimits(0, Duration.ofSeconds(1), 0));

        assertThat(run(sandbox, List.of(), List.of()).exitCode()).isIn(128 + 9, 128 + 24);
    }

    @Test
    void shouldNotFillTheDisk() throws Exception {
        Path big = directory.resolve("big");

        run(unconfined("head -c 1000000 /dev/zero > " + big), List.of(), List.of());

        assertThat(big).hasSize(4096);
    }

    @Test
    void shouldReachNoFileButThoseOfTheRun_whereItIsConfined() throws Exception {
        Path given = Files.writeString(directory.resolve("given"), "the media");
        Path secret = Files.writeString(directory.resolve("secret"), "the secret");
        Path results = Files.createDirectory(directory.resolve("results"));
        String attempt = "cat " + given + "; cat " + secret + "; cat /etc/passwd; echo made > " + results
                + "/made; echo lost > " + directory + "/lost; echo altered > " + given + "; ls /proc; exit 0";

        FfmpegSandbox sandbox = confined(attempt);
        Ended ended = run(sandbox, List.of(given), List.of(results));

        assertThat(ended).isEqualTo(new Ended(0, "the media"));
        assertThat(results.resolve("made")).hasContent("made");
        assertThat(directory.resolve("lost")).doesNotExist();
        assertThat(given).hasContent("the media");
        assertThat(secret).hasContent("the secret");
    }

    @Test
    void shouldSeeNoNetworkAndNoOtherProcess_whereItIsConfined() throws Exception {
        Ended ended = run(
                confined("echo $$; kill -0 1 && kill -0 $PPID; kill -9 "
                        + ProcessHandle.current().pid() + "; echo alive"),
                List.of(),
                List.of());

        assertThat(Integer.parseInt(ended.output().lines().findFirst().orElseThrow()))
                .as("process ids begin anew")
                .isLessThan(20);
        assertThat(ended.output()).endsWith("alive");
        assertThat(ProcessHandle.current().isAlive()).isTrue();
    }

    @Test
    void shouldLeaveNothingRunning_wheneverItIsKilled() throws Exception {
        FfmpegSandbox sandbox = confined("exec sleep 300");

        for (int millis = 0; millis < 30; millis++) {
            Process process = sandbox.start(List.of("ffmpeg", "-i"), List.of(), List.of(directory));
            Thread.sleep(millis);
            process.destroyForcibly();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }

        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(ProcessHandle.allProcesses().filter(handle -> handle.info()
                                .commandLine()
                                .filter(line -> line.contains(directory.toString()))
                                .isPresent()))
                        .isEmpty());
    }

    private FfmpegSandbox unconfined(String script) throws Exception {
        return FfmpegSandbox.unconfined(script(script), LIMITS);
    }

    private FfmpegSandbox confined(String script) throws Exception {
        String probed = "[ \"$1\" = -version ] && exit 0\n" + script;
        FfmpegSandbox sandbox = FfmpegSandbox.confined(script(probed), LIMITS);
        assumeTrue(
                sandbox.confinement() == Confinement.BUBBLEWRAP,
                "bubblewrap (bwrap) is not installed, or may not make namespaces");
        return sandbox;
    }

    private FfmpegBinaries script(String text) throws Exception {
        Path fake = Files.createDirectories(directory.resolve("bin")).resolve("ffmpeg");
        Files.writeString(fake, "#!/bin/sh\n" + text + "\n");
        assertThat(fake.toFile().setExecutable(true)).isTrue();
        return FfmpegBinaries.in(fake.getParent());
    }

    private static Ended run(FfmpegSandbox sandbox, List<Path> reads, List<Path> writes) throws Exception {
        Process process = sandbox.start(List.of("ffmpeg", "-i"), reads, writes);
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        return new Ended(process.waitFor(), output);
    }
}
