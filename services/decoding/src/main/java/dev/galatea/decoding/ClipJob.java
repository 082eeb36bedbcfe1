package dev.galatea.decoding;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.decoding.clip.ClipDecoder;
import dev.galatea.decoding.clip.ClipObserver;
import dev.galatea.decoding.clip.ClipRequest;
import dev.galatea.decoding.clip.DecodedClip;
import dev.galatea.decoding.config.DecodingConfig;
import dev.galatea.decoding.onnx.DecoderModels;
import dev.galatea.decoding.video.SpriteGrid;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Spritesheet;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.plumbing.bundle.BundleRepository;
import dev.galatea.plumbing.config.GalateaConfig;
import dev.galatea.plumbing.failure.RetryableException;
import dev.galatea.plumbing.failure.StageException;
import dev.galatea.plumbing.media.JobDirectory;
import dev.galatea.plumbing.store.Background;
import dev.galatea.plumbing.store.ObjectStore;
import dev.galatea.plumbing.store.TensorStore;

/** Makes the clip of one event: latents out of the store, clip and pictures of it into it. Thread-safe. */
@ApplicationScoped
class ClipJob {

    private final BundleRepository bundles;
    private final DecoderModels models;
    private final ClipDecoder decoder;
    private final TensorStore tensors;
    private final ObjectStore objects;
    private final DecodingConfig config;
    private final Path workDirectory;

    @Inject
    ClipJob(
            BundleRepository bundles,
            DecoderModels models,
            ClipDecoder decoder,
            TensorStore tensors,
            ObjectStore objects,
            DecodingConfig config,
            GalateaConfig shared) {
        this.bundles = bundles;
        this.models = models;
        this.decoder = decoder;
        this.tensors = tensors;
        this.objects = objects;
        this.config = config;
        this.workDirectory = shared.workDir().resolve("decoding");
    }

    /** Loads what the first job would else have to wait for. */
    void prepare() throws StageException {
        JobDirectory.sweep(workDirectory);
        models.decoder(bundles.defaultBundle());
    }

    /**
     * The clip, once it is in the store.
     *
     * @param attempt which delivery of the event this is, from 1; late ones take less memory
     */
    Clip run(LatentsDenoised event, int attempt, ClipObserver observer) throws StageException, InterruptedException {
        Bundle bundle = bundles.byDigest(event.spec().bundle());
        ClipRequest request = ClipRequests.of(event, bundle.manifest(), config).forAttempt(attempt);
        float[] latents = tensors.read(event.latents()).floats();
        try (JobDirectory directory = JobDirectory.create(workDirectory, event.jobId())) {
            DecodedClip clip = decoder.decode(request, latents, models.decoder(bundle), observer, directory.path());
            observer.uploading(bytes(clip));
            return store(event.jobId(), clip);
        }
    }

    private static long bytes(DecodedClip clip) throws RetryableException {
        try {
            return Files.size(clip.video()) + Files.size(clip.thumbnail()) + Files.size(clip.spritesheet());
        } catch (IOException e) {
            throw new RetryableException("disk_failed", clip.video() + " can't be read: " + e.getMessage(), e);
        }
    }

    private Clip store(JobId jobId, DecodedClip clip) throws StageException {
        Background<ObjectRef> thumbnail = Background.start(() ->
                objects.put(ObjectKeys.thumbnail(jobId, digest(clip.thumbnail())), "image/jpeg", clip.thumbnail()));
        Background<ObjectRef> spritesheet = Background.start(() -> objects.put(
                ObjectKeys.spritesheet(jobId, digest(clip.spritesheet())), "image/jpeg", clip.spritesheet()));
        SpriteGrid grid = clip.grid();
        return new Clip(
                objects.put(ObjectKeys.clip(jobId, digest(clip.video())), "video/mp4", clip.video()),
                thumbnail.join(),
                new Spritesheet(spritesheet.join(), grid.columns(), grid.rows(), grid.pictures()),
                clip.width(),
                clip.height(),
                clip.frames(),
                clip.fps());
    }

    private static Sha256 digest(Path file) throws RetryableException {
        MessageDigest digest = Sha256.newDigest();
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
            return Sha256.finish(digest);
        } catch (IOException e) {
            throw new RetryableException("disk_failed", file + " can't be read: " + e.getMessage(), e);
        }
    }
}
