package dev.galatea.encoding;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import dev.galatea.encoding.config.EncodingConfig;
import dev.galatea.encoding.media.MediaLimits;
import dev.galatea.encoding.media.MediaReader;
import dev.galatea.media.FfmpegBinaries;
import dev.galatea.media.FfmpegSandboxes;
import dev.galatea.media.ProcessLimits;

/** The parts of the service that know nothing of beans. */
@Singleton
class EncodingBeans {

    @Produces
    @Singleton
    MediaReader reader(EncodingConfig config, FfmpegSandboxes sandboxes) throws IOException {
        Optional<Path> directory = config.ffmpegDirectory();
        FfmpegBinaries binaries = directory.isPresent() ? FfmpegBinaries.in(directory.get()) : FfmpegBinaries.bundled();
        EncodingConfig.Limits limits = config.limits();
        // It reads one file and writes into a pipe.
        ProcessLimits process = new ProcessLimits(limits.maxMemory(), limits.processorTime(), 0);
        return new MediaReader(
                sandboxes.open(binaries, process),
                new MediaLimits(
                        limits.maxSide(),
                        limits.maxPixels(),
                        limits.maxFrames(),
                        limits.maxWork(),
                        limits.timeout(),
                        limits.processorTime(),
                        limits.maxMemory()));
    }
}
