package dev.galatea.encoding.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.galatea.media.ErrorOutput;
import dev.galatea.media.FfmpegBinaries;
import dev.galatea.media.FfmpegSandbox;
import dev.galatea.media.ProcessLimits;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Real files, made by FFmpeg. */
public final class TestMedia {

    /** The limits that services have unless they are configured. */
    public static final MediaLimits LIMITS = new MediaLimits(
            8192, 33_554_432, 3600, 2_147_483_648L, Duration.ofSeconds(30), Duration.ofSeconds(30), 1_610_612_736);

    private TestMedia() {}

    /** The reader as services have it. */
    public static MediaReader reader() {
        return Usual.READER;
    }

    private static final class Usual {

        static final MediaReader READER = reader(LIMITS);
    }

    /** A reader with other limits. */
    public static MediaReader reader(MediaLimits limits) {
        ProcessLimits process = new ProcessLimits(limits.maxMemory(), limits.processorTime(), 0);
        try {
            return new MediaReader(FfmpegSandbox.confined(FfmpegBinaries.bundled(), process), limits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a file's streams as they are, with options for reading them. */
    public static Path copy(Path file, Path target, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-nostdin", "-y"));
        command.addAll(List.of(options));
        command.addAll(List.of("-i", file.toString(), "-c", "copy", target.toString()));
        return run(command, target);
    }

    /** Copies a file's streams as they are, with options for writing them. */
    public static Path rewrite(Path file, Path target, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-nostdin", "-y"));
        command.addAll(List.of("-i", file.toString(), "-c", "copy"));
        command.addAll(List.of(options));
        command.add(target.toString());
        return run(command, target);
    }

    /** Makes a file out of one of FFmpeg's test sources, such as {@code testsrc=size=200x100}. */
    public static Path make(Path file, String source, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi"));
        command.addAll(List.of("-i", source));
        command.addAll(List.of(options));
        command.add(file.toString());
        return run(command, file);
    }

    /** Makes a file whose writer can't go back in it, so that nothing says how long it is. */
    public static Path streamed(Path file, String format, String source, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi"));
        command.addAll(List.of("-i", source));
        command.addAll(List.of(options));
        command.addAll(List.of("-f", format, "pipe:1"));
        Process process = FfmpegBinaries.bundled()
                .command(command)
                .redirectOutput(file.toFile())
                .start();
        return ended(process, command, file);
    }

    /** Where a video's pictures begin in its file. */
    public static List<Long> positions(Path file) throws Exception {
        List<String> command = List.of(
                "ffprobe",
                "-v",
                "error",
                "-select_streams",
                "v",
                "-show_entries",
                "packet=pos",
                "-of",
                "csv=p=0",
                file.toString());
        Process process = FfmpegBinaries.bundled().command(command).start();
        String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
        ended(process, command, file);
        return output.lines()
                .map(line -> Long.valueOf(line.replace(",", "").strip()))
                .toList();
    }

    private static Path run(List<String> command, Path file) throws Exception {
        return ended(FfmpegBinaries.bundled().command(command).start(), command, file);
    }

    private static Path ended(Process process, List<String> command, Path file) throws Exception {
        ErrorOutput errors = ErrorOutput.of(process);
        boolean ended = process.waitFor(1, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended).as("ended, of %s", command).isTrue();
        assertThat(process.exitValue()).as(errors.text()).isZero();
        return file;
    }

    /** Makes one picture; the file's extension says of which format. */
    public static Path picture(Path file, String source) throws Exception {
        return make(file, source, "-frames:v", "1");
    }

    /** Compares the colour of one pixel, each value in [-1, 1]; codecs are lossy. */
    public static void assertPixel(Frames frames, int frame, int x, int y, float red, float green, float blue) {
        int area = frames.height() * frames.width();
        float[] expected = {red, green, blue};
        for (int c = 0; c < expected.length; c++) {
            float value = frames.values()[(c * frames.frames() + frame) * area + y * frames.width() + x];
            assertThat(value)
                    .as("channel %d of (%d, %d) in frame %d", c, x, y, frame)
                    .isCloseTo(expected[c], within(0.06f));
        }
    }
}
