package dev.galatea.standalone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

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
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.FileDigest;
import dev.galatea.store.ObjectStore;

/** The options for media that the clip starts from. The encoding stage alone decides which files are valid. */
final class ReferenceOptions {

    private static final String IMAGE = "--image";
    private static final String LAST_IMAGE = "--last-image";
    private static final String VIDEO = "--video";

    @Option(names = IMAGE, paramLabel = "FILE", description = "A picture (JPEG, PNG, WebP) that the clip begins with.")
    @Nullable
    Path image;

    @Option(names = LAST_IMAGE, paramLabel = "FILE", description = "A picture that the clip ends with.")
    @Nullable
    Path lastImage;

    @Option(names = VIDEO, paramLabel = "FILE", description = "A video (MP4, WebM) that the clip is a variation of.")
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

    @Option(
            names = "--background",
            paramLabel = "COLOUR",
            description = "The colour behind transparent files, #rrggbb (default: #ffffff, white).")
    @Nullable
    String background;

    /** Checks the files before the system is started, so that a mistake is reported at once. */
    void check(CommandSpec spec) {
        if (video != null && (image != null || lastImage != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--video: excludes --image and --last-image; valid is one of the two");
        }
        if (strength != null && video == null) {
            throw new ParameterException(spec.commandLine(), "--strength: is for videos; valid is with --video");
        }
        if (background != null && !ReferenceMedia.isColour(background)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--background: '" + background + "' is not a colour; valid is for instance #ffffff");
        }
        if (files().isEmpty() && (fit != null || background != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    (fit == null ? "--background" : "--fit")
                            + ": is for files, and would be without effect; valid is with --image, --last-image or"
                            + " --video");
        }
        files().forEach((name, file) -> CommandFiles.requireMedia(spec, name, file, name.equals(VIDEO)));
    }

    /** The files by their options. */
    Map<String, Path> files() {
        Map<String, Path> files = new LinkedHashMap<>();
        put(files, IMAGE, image);
        put(files, LAST_IMAGE, lastImage);
        put(files, VIDEO, video);
        return files;
    }

    private static void put(Map<String, Path> files, String name, @Nullable Path file) {
        if (file != null) {
            files.put(name, file);
        }
    }

    /** The reference of a job as it will be, for admission; null if there is none. The objects do not exist. */
    @Nullable
    ReferenceMedia unstored(JobId jobId) {
        Sha256 none = Sha256.of(new byte[0]);
        ObjectRef object = new ObjectRef("none", ObjectKeys.upload(jobId, none), "none", 1, none);
        return reference(file -> MediaSource.stored(object));
    }

    /** Puts the files into the store, as a job's; null if there are none. */
    @Nullable
    ReferenceMedia upload(JobId jobId, ObjectStore store) throws IOException, RetryableException {
        Map<Path, MediaSource> stored = new HashMap<>();
        for (Path file : files().values()) {
            stored.put(file, put(file, jobId, store));
        }
        return reference(file -> Objects.requireNonNull(stored.get(file)));
    }

    private @Nullable ReferenceMedia reference(Function<Path, MediaSource> source) {
        ReferenceMedia media = plain(source);
        return media == null ? null : media.withBackground(background);
    }

    private @Nullable ReferenceMedia plain(Function<Path, MediaSource> source) {
        if (video != null) {
            return new ReferenceMedia(Role.VIDEO, source.apply(video), strength, fit, null);
        }
        MediaSource end = lastImage == null ? null : source.apply(lastImage);
        if (image != null) {
            return new ReferenceMedia(Role.FIRST_FRAME, source.apply(image), null, fit, end);
        }
        return end == null ? null : new ReferenceMedia(Role.LAST_FRAME, end, null, fit, null);
    }

    private static MediaSource put(Path file, JobId jobId, ObjectStore store) throws IOException, RetryableException {
        String type = Files.probeContentType(file);
        return MediaSource.stored(store.put(
                ObjectKeys.upload(jobId, FileDigest.of(file)), type == null ? "application/octet-stream" : type, file));
    }
}
