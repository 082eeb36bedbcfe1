package dev.galatea.encoding.media;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.galatea.media.ErrorOutput;
import dev.galatea.media.FfmpegBinaries;

import static org.assertj.core.api.Assertions.assertThat;

/** Real files, made by FFmpeg. */
public final class TestMedia {

    private TestMedia() {}

    /** Makes a file out of one of FFmpeg's test sources, such as {@code testsrc=size=200x100}. */
    public static Path make(Path file, String source, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi"));
        command.addAll(List.of("-i", source));
        command.addAll(List.of(options));
        command.add(file.toString());
        Process process = FfmpegBinaries.bundled().command(command).start();
        ErrorOutput errors = ErrorOutput.of(process);
        assertThat(process.waitFor()).as(errors.text()).isZero();
        return file;
    }

    /** Makes one picture; the file's extension says of which format. */
    public static Path picture(Path file, String source) throws Exception {
        return make(file, source, "-frames:v", "1");
    }
}
