package dev.galatea.finishing.clip;

import java.nio.file.Path;

import org.jboss.logging.Logger;

import dev.galatea.clips.ClipFiles;
import dev.galatea.clips.ClipRecorder;
import dev.galatea.clips.frames.FrameSink;
import dev.galatea.clips.upscaling.PictureUpscaler;
import dev.galatea.clips.upscaling.UpscalingSink;
import dev.galatea.clips.video.ClipReader;
import dev.galatea.clips.video.FfmpegEncoder;
import dev.galatea.clips.video.VideoFormat;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.failure.StageException;

/**
 * Streams a clip's frames through its models into the encoder: first more of them, then larger ones, because a model
 * that makes frames takes less time for small ones. Starts over with a coarser quantizer when the encoder can't take
 * the frames. Thread-safe.
 */
public final class ClipFinisher {

    private static final Logger LOG = Logger.getLogger(ClipFinisher.class);

    private final ClipReader reader;
    private final FfmpegEncoder encoder;

    public ClipFinisher(ClipReader reader, FfmpegEncoder encoder) {
        this.reader = reader;
        this.encoder = encoder;
    }

    /**
     * Finishes one clip.
     *
     * @param directory where the files go; the caller removes it
     */
    public ClipFiles finish(
            FinishingRequest request, FinishingModels models, FinishingObserver observer, Path directory)
            throws StageException, InterruptedException {
        FinishingRequest next = request;
        while (true) {
            try {
                return attempt(next, models, observer, directory);
            } catch (RetryableException e) {
                VideoFormat coarser = next.wanted().coarserAfter(e);
                LOG.warnf(
                        "frames have too much detail, making them again for a coarser quantizer quantizer=%d next=%d"
                                + " cause=%s",
                        next.wanted().quantizer(), coarser.quantizer(), e.getMessage());
                next = next.withWanted(coarser);
            }
        }
    }

    private ClipFiles attempt(
            FinishingRequest request, FinishingModels models, FinishingObserver observer, Path directory)
            throws StageException, InterruptedException {
        try (ClipRecorder recorder =
                new ClipRecorder(encoder, request.wanted(), request.wantedFrames(), observer, directory)) {
            FrameSink sink = (index, frame) -> {
                recorder.accept(index, frame);
                observer.beforeFrame();
            };
            observer.beforeFrame();
            reader.read(
                    request.source(),
                    request.given(),
                    request.frames(),
                    interpolated(request, models, upscaled(request, models, sink)));
            return recorder.finish();
        } catch (OutOfMemoryError e) {
            throw new RetryableException("out_of_memory", "the heap has no room for the frames of the clip", e);
        }
    }

    private static FrameSink upscaled(FinishingRequest request, FinishingModels models, FrameSink sink) {
        PictureUpscaler upscaler = models.upscaler();
        VideoFormat given = request.given();
        return upscaler == null ? sink : new UpscalingSink(upscaler, given.height(), given.width(), sink);
    }

    private static FrameSink interpolated(FinishingRequest request, FinishingModels models, FrameSink sink) {
        FrameInterpolator interpolator = models.interpolator();
        return interpolator == null
                ? sink
                : new InterpolatingSink(
                        interpolator,
                        new InterpolatingSink.Timing(
                                request.frames(),
                                request.given().fps(),
                                request.wantedFrames(),
                                request.wanted().fps()),
                        request.given(),
                        sink);
    }
}
