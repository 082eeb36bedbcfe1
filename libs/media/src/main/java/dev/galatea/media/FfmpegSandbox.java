package dev.galatea.media;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Starts FFmpeg's executables: without this process's environment, with limits that the system keeps, and where
 * bubblewrap works, confined to the files of the run. Immutable.
 *
 * @see <a href="https://github.com/containers/bubblewrap">bubblewrap</a>
 */
public final class FfmpegSandbox {

    private static final List<Path> SYSTEM =
            Stream.of("/usr", "/bin", "/lib", "/lib64").map(Path::of).toList();
    private static final int PATIENCE_SECONDS = 10;

    private final FfmpegBinaries binaries;
    private final ProcessLimits limits;
    private final @Nullable Path bubblewrap;

    private FfmpegSandbox(FfmpegBinaries binaries, ProcessLimits limits, @Nullable Path bubblewrap) {
        this.binaries = binaries;
        this.limits = limits;
        this.bubblewrap = bubblewrap;
    }

    /** Limits alone. */
    public static FfmpegSandbox unconfined(FfmpegBinaries binaries, ProcessLimits limits) {
        return new FfmpegSandbox(binaries, limits, null);
    }

    /** Limits, and confinement if it works for these executables on this machine, which is tried once. */
    public static FfmpegSandbox confined(FfmpegBinaries binaries, ProcessLimits limits) {
        return onPath("bwrap")
                .map(program -> new FfmpegSandbox(binaries, limits, program))
                .filter(FfmpegSandbox::works)
                .orElseGet(() -> unconfined(binaries, limits));
    }

    /** Which confinement is active. */
    public Confinement confinement() {
        return bubblewrap == null ? Confinement.NONE : Confinement.BUBBLEWRAP;
    }

    /**
     * Starts a run.
     *
     * @param command the name of an executable, and its arguments
     * @param reads files that the run reads
     * @param writes directories that the run writes into
     */
    public Process start(List<String> command, List<Path> reads, List<Path> writes) throws IOException {
        ProcessBuilder builder = binaries.command(command);
        builder.command(wrapped(builder.command(), builder.environment(), reads, writes));
        Process process = builder.start();
        return bubblewrap == null ? process : new ConfinedProcess(process);
    }

    private List<String> wrapped(
            List<String> command, Map<String, String> environment, List<Path> reads, List<Path> writes) {
        if (System.getProperty("os.name").startsWith("Windows")) {
            return command;
        }
        List<String> all = new ArrayList<>();
        if (bubblewrap != null) {
            all.addAll(confinement(bubblewrap, reads, writes));
            environment.forEach((name, value) -> all.addAll(List.of("--setenv", name, value)));
            all.add("--");
        }
        all.addAll(List.of("/bin/sh", "-c", limits.script(bubblewrap != null)));
        all.addAll(command);
        return all;
    }

    private List<String> confinement(Path program, List<Path> reads, List<Path> writes) {
        List<String> all = new ArrayList<>(List.of(program.toString(), "--unshare-all", "--die-with-parent"));
        all.addAll(List.of("--new-session", "--clearenv", "--dev", "/dev"));
        SYSTEM.forEach(path -> all.addAll(List.of("--ro-bind-try", path.toString(), path.toString())));
        for (Path path : binaries.directories()) {
            all.addAll(List.of("--ro-bind-try", path.toString(), path.toString()));
        }
        for (Path path : reads) {
            Path real = path.toAbsolutePath();
            all.addAll(List.of("--ro-bind", real.toString(), real.toString()));
        }
        for (Path path : writes) {
            Path real = path.toAbsolutePath();
            all.addAll(List.of("--bind", real.toString(), real.toString()));
        }
        return all;
    }

    /** Runs FFmpeg once: where its libraries lie elsewhere, that fails. */
    private boolean works() {
        try {
            return succeeds(start(List.of("ffmpeg", "-version"), List.of(), List.of()));
        } catch (IOException e) {
            return false;
        }
    }

    /** Tells whether bubblewrap is there and may make namespaces, which most containers forbid. */
    static boolean mayBeConfined() {
        Optional<Path> program = onPath("bwrap");
        if (program.isEmpty()) {
            return false;
        }
        try {
            return succeeds(new ProcessBuilder(
                            program.get().toString(), "--unshare-all", "--ro-bind", "/", "/", "/bin/sh", "-c", "exit 0")
                    .start());
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean succeeds(Process process) throws IOException {
        try (InputStream output = process.getInputStream()) {
            process.getOutputStream().close();
            ErrorOutput.of(process);
            output.transferTo(OutputStream.nullOutputStream());
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Optional<Path> onPath(String program) {
        String path = System.getenv("PATH");
        return path == null
                ? Optional.empty()
                : Stream.of(path.split(File.pathSeparator))
                        .filter(directory -> !directory.isEmpty())
                        .map(directory -> Path.of(directory, program))
                        .filter(Files::isExecutable)
                        .findFirst();
    }
}
