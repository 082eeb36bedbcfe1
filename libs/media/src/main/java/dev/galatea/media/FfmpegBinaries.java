package dev.galatea.media;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.bytedeco.javacpp.Loader;

/**
 * The FFmpeg executables: those of the bytedeco build for this platform, unpacked once into JavaCPP's cache, or those
 * of a directory. Immutable.
 *
 * @see StubLibrary
 */
public final class FfmpegBinaries {

    /** Libraries of the system that the bundled build is linked against, beyond those of C and C++. */
    private static final List<String> UNUSED_LIBRARIES =
            List.of("libpulse.so.0", "libasound.so.2", "libxcb.so.1", "libxcb-shm.so.0", "libudev.so.1");

    private static final String LIBRARIES = "LD_LIBRARY_PATH";

    private final Path directory;
    private final Map<String, String> environment;

    private FfmpegBinaries(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = Map.copyOf(environment);
    }

    /** The executables of a directory, such as {@code /usr/bin}; its FFmpeg must have an H.264 encoder. */
    public static FfmpegBinaries in(Path directory) {
        return new FfmpegBinaries(directory, inherited());
    }

    /** The bundled executables; unpacks them when they are not in the cache. */
    public static FfmpegBinaries bundled() throws IOException {
        String platform = Loader.Detector.getPlatform();
        URL packed = FfmpegBinaries.class.getResource("/org/bytedeco/ffmpeg/" + platform + "/");
        File cached = packed == null ? null : Loader.cacheResource(packed);
        if (cached == null) {
            throw new IOException("no FFmpeg for " + platform + " is on the class path; add org.bytedeco:ffmpeg with "
                    + "classifier " + platform
                    + ", or set galatea.decoding.video.ffmpeg-directory or galatea.encoding.ffmpeg-directory");
        }
        Path directory = cached.toPath();
        makeExecutable(directory.resolve("ffmpeg"));
        makeExecutable(directory.resolve("ffprobe"));
        if (!platform.startsWith("linux")) {
            return new FfmpegBinaries(directory, inherited());
        }
        Path stubs = writeStubs(directory, platform);
        return new FfmpegBinaries(directory, Map.of("LC_ALL", "C", LIBRARIES, stubs + File.pathSeparator + directory));
    }

    /**
     * Prepares a run of one of the executables; a name such as {@code ffprobe} comes first. The process gets nothing of
     * this one's environment, which holds the secrets of store and broker.
     */
    public ProcessBuilder command(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
        builder.command().set(0, directory.resolve(command.get(0)).toString());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    /** The directories that the executables and their libraries are in. */
    List<Path> directories() {
        return Stream.concat(
                        Stream.of(directory),
                        Stream.of(environment.getOrDefault(LIBRARIES, "").split(File.pathSeparator))
                                .filter(name -> !name.isEmpty())
                                .map(Path::of))
                .distinct()
                .toList();
    }

    /** What the dynamic linker and Windows need; the language is fixed, as messages are read by programs. */
    private static Map<String, String> inherited() {
        Map<String, String> environment = new HashMap<>(Map.of("LC_ALL", "C"));
        for (String name : List.of(LIBRARIES, "DYLD_LIBRARY_PATH", "SystemRoot")) {
            String value = System.getenv(name);
            if (value != null) {
                environment.put(name, value);
            }
        }
        return environment;
    }

    private static void makeExecutable(Path file) throws IOException {
        if (Files.exists(file) && !Files.isExecutable(file) && !file.toFile().setExecutable(true)) {
            throw new IOException(file + " can't be made executable");
        }
    }

    private static Path writeStubs(Path directory, String platform) throws IOException {
        Path stubs = Files.createDirectories(directory.resolve("galatea-stubs"));
        short machine = platform.endsWith("arm64") ? StubLibrary.AARCH64 : StubLibrary.X86_64;
        for (String name : UNUSED_LIBRARIES) {
            Path target = stubs.resolve(name);
            if (!Files.exists(target)) {
                // Other processes may do the same at the same time: whoever is last moves the same bytes into place.
                Path part = Files.createTempFile(stubs, name, ".part");
                Files.write(part, StubLibrary.named(name, machine));
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return stubs;
    }
}
