package dev.galatea.standalone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import dev.galatea.model.event.MediaSource;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.ReferenceMedia.Fit;
import dev.galatea.model.event.ReferenceMedia.Role;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.store.FileDigest;
import dev.galatea.store.ObjectStore;

/** The options for media that the clip starts from. The encoding stage alone decides which files are valid. */
final class ReferenceOptions {

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description = "A picture (JPEG, PNG, WebP) that the clip begins with.")
    @Nullable
    Path image;

    @Option(names = "--last-image", paramLabel = "FILE", description = "A picture that the clip ends with.")
    @Nullable
    Path lastImage;

    @Option(
            names = "--video",
            paramLabel = "FILE",
            description = "A video (MP4, WebM) that the clip is a variation of.")
    @Nullable
    Path video;

    @Option(
            names = "--strength",
            paramLabel = "X",
            description = "The part of the video that is generated anew: over 0 up to 1 (default: 0.7).")
    @Nullable
    Double strength;

    @Option(
            names = "--fit",
            paramLabel = "HOW",
            description = "The way to fit files of another shape: crop or pad (default: crop).")
    @Nullable
    Fit fit;

    /** Checks the files before the system is started, so that a mistake is reported at once. */
    void check(CommandSpec spec) {
        if (video != null && (image != null || lastImage != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--video: excludes --image and --last-image; valid is one of the two");
        }
        if (strength != null && video == null) {
            throw new ParameterException(spec.commandLine(), "--strength: is for videos; valid is with --video");
        }
        Stream.of(image, lastImage, video).forEach(file -> {
            if (file != null && !(Files.isRegularFile(file) && Files.isReadable(file))) {
                throw new ParameterException(
                        spec.commandLine(), file + " can't be read; valid is a file with a picture or video");
            }
        });
    }

    /** Puts the files into the store, as a job's; null if there are none. */
    @Nullable
    ReferenceMedia upload(JobId jobId, ObjectStore store) throws IOException, RetryableException {
        if (video != null) {
            return new ReferenceMedia(Role.VIDEO, put(video, jobId, store), strength, fit, null);
        }
        MediaSource end = lastImage == null ? null : put(lastImage, jobId, store);
        if (image != null) {
            return new ReferenceMedia(Role.FIRST_FRAME, put(image, jobId, store), null, fit, end);
        }
        return end == null ? null : new ReferenceMedia(Role.LAST_FRAME, end, null, fit, null);
    }

    private static MediaSource put(Path file, JobId jobId, ObjectStore store) throws IOException, RetryableException {
        String type = Files.probeContentType(file);
        return MediaSource.stored(store.put(
                ObjectKeys.upload(jobId, FileDigest.of(file)), type == null ? "application/octet-stream" : type, file));
    }
}
