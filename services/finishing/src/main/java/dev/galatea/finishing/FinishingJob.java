package dev.galatea.finishing;

import java.io.IOException;
import java.nio.file.Path;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.clips.ClipFiles;
import dev.galatea.clips.ClipStore;
import dev.galatea.clips.FfmpegEncoders;
import dev.galatea.clips.video.VideoFormat;
import dev.galatea.finishing.clip.ClipFinisher;
import dev.galatea.finishing.clip.FinishingObserver;
import dev.galatea.finishing.clip.FinishingRequest;
import dev.galatea.finishing.config.FinishingConfig;
import dev.galatea.finishing.onnx.FinisherModels;
import dev.galatea.media.JobDirectory;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.FinishingRequested;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.StageException;
import dev.galatea.store.ObjectStore;
import dev.galatea.worker.WorkerConfig;

/**
 * Finishes the clip of one event: a clip out of the store, another one into it. Made when the first job comes, so that
 * an installation without such jobs starts no FFmpeg for it. Thread-safe.
 */
@ApplicationScoped
class FinishingJob {

    private final BundleRepository bundles;
    private final FinisherModels models;
    private final ClipFinisher finisher;
    private final ObjectStore objects;
    private final ClipStore store;
    private final int quantizer;
    private final Path workDirectory;

    @Inject
    FinishingJob(
            BundleRepository bundles,
            FinisherModels models,
            FfmpegEncoders encoders,
            ObjectStore objects,
            ClipStore store,
            FinishingConfig config,
            WorkerConfig worker)
            throws IOException {
        this.bundles = bundles;
        this.models = models;
        this.finisher = new ClipFinisher(encoders.reader(config.video()), encoders.open(config.video()));
        this.objects = objects;
        this.store = store;
        this.quantizer = config.video().quantizer();
        this.workDirectory = workDirectory(worker);
    }

    /** The directory for the files of running jobs. */
    static Path workDirectory(WorkerConfig worker) {
        return worker.workDir().resolve("finishing");
    }

    /** The finished clip, once it is in the store. */
    Clip run(FinishingRequested event, FinishingObserver observer) throws StageException, InterruptedException {
        JobSpec spec = event.spec();
        Bundle bundle = bundles.byDigest(spec.bundle());
        try (JobDirectory directory = JobDirectory.create(workDirectory, event.jobId())) {
            FinishingRequest request = request(event, directory.path().resolve("decoded.mp4"));
            objects.download(event.clip().video(), request.source());
            ClipFiles clip;
            try (FinisherModels.Lease lease = models.acquire(bundle, spec)) {
                clip = finisher.finish(request, lease.models(), observer, directory.path());
            }
            observer.uploading(clip.bytes());
            return store.put(event.jobId(), clip);
        }
    }

    private FinishingRequest request(FinishingRequested event, Path source) throws PoisonException {
        JobSpec spec = event.spec();
        Clip clip = event.clip();
        if (clip.fps() != spec.fps()) {
            throw new PoisonException(
                    "clip_invalid", "clip.fps: is " + clip.fps() + "; valid is that of the spec, " + spec.fps());
        }
        try {
            int scale = spec.upscaleOrOne();
            return new FinishingRequest(
                    source,
                    new VideoFormat(clip.width(), clip.height(), clip.fps(), quantizer),
                    clip.frames(),
                    new VideoFormat(
                            Math.multiplyExact(clip.width(), scale),
                            Math.multiplyExact(clip.height(), scale),
                            spec.finishedFps(),
                            quantizer),
                    spec.finishedFrames(clip.frames()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new PoisonException("clip_invalid", "clip: " + e.getMessage(), e);
        }
    }
}
