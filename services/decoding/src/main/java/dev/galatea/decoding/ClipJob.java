package dev.galatea.decoding;

import java.nio.file.Path;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jspecify.annotations.Nullable;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.clips.ClipFiles;
import dev.galatea.clips.ClipStore;
import dev.galatea.decoding.clip.ClipDecoder;
import dev.galatea.decoding.clip.ClipModels;
import dev.galatea.decoding.clip.ClipObserver;
import dev.galatea.decoding.clip.ClipRequest;
import dev.galatea.decoding.clip.ContinuedClip;
import dev.galatea.decoding.config.DecodingConfig;
import dev.galatea.decoding.onnx.DecoderModels;
import dev.galatea.media.JobDirectory;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.noise.DecoderNoise;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.TensorStore;
import dev.galatea.worker.WorkerConfig;

/** Makes the clip of one event: latents out of the store, clip and pictures of it into it. Thread-safe. */
@ApplicationScoped
class ClipJob {

    private final BundleRepository bundles;
    private final DecoderModels models;
    private final ClipDecoder decoder;
    private final TensorStore tensors;
    private final ObjectStore objects;
    private final ClipStore store;
    private final DecodingConfig config;
    private final Path workDirectory;

    @Inject
    ClipJob(
            BundleRepository bundles,
            DecoderModels models,
            ClipDecoder decoder,
            TensorStore tensors,
            ObjectStore objects,
            ClipStore store,
            DecodingConfig config,
            WorkerConfig worker) {
        this.bundles = bundles;
        this.models = models;
        this.decoder = decoder;
        this.tensors = tensors;
        this.objects = objects;
        this.store = store;
        this.config = config;
        this.workDirectory = worker.workDir().resolve("decoding");
    }

    /**
     * Removes what killed processes left, and loads the models that decode a bundle's usual clip, so that the first job
     * need not wait for them.
     */
    void prepare(Optional<String> name) throws StageException {
        JobDirectory.sweep(workDirectory);
        if (name.isPresent()) {
            Bundle bundle = bundles.byName(name.get());
            BundleManifest.Defaults usual = bundle.manifest().defaults();
            int scale = bundle.manifest()
                    .pictureSizes()
                    .scale(usual.width(), usual.height())
                    .orElse(1);
            models.acquire(bundle, scale).close();
        }
    }

    /**
     * The clip, once it is in the store.
     *
     * @param attempt number of the delivery, from 1; late ones take less memory
     */
    Clip run(LatentsDenoised event, int attempt, ClipObserver observer) throws StageException, InterruptedException {
        Bundle bundle = bundles.byDigest(event.spec().bundle());
        float[] latents = DecoderNoise.mixed(
                        tensors.read(event.latents()),
                        bundle.manifest(),
                        event.spec().seed())
                .floats();
        try (JobDirectory directory = JobDirectory.create(workDirectory, event.jobId())) {
            ContinuedClip continued = continued(event, bundle, directory.path());
            ClipFiles clip;
            try (DecoderModels.Lease lease = models.acquire(bundle, event.spec().scaleOrOne())) {
                ClipModels model = lease.models();
                ClipRequest request = ClipRequests.of(
                                event,
                                bundle.manifest(),
                                config,
                                model.decoder().carriesState())
                        .forAttempt(attempt);
                clip = decoder.decode(request, continued, latents, model, observer, directory.path());
            }
            observer.beforeTile(); // of a small clip there was none since the job began
            observer.uploading(clip.bytes());
            return store.put(event.jobId(), clip);
        }
    }

    /** Downloads the clip that this one continues; null if there is none. */
    private @Nullable ContinuedClip continued(LatentsDenoised event, Bundle bundle, Path directory)
            throws StageException {
        ObjectRef source = event.source();
        if (source == null) {
            return null;
        }
        JobSpec spec = event.spec();
        Path file = directory.resolve("source.rgb");
        objects.download(source, file);
        try {
            BundleManifest.Latent latent = bundle.manifest().latent();
            return ContinuedClip.of(
                    file, source.bytes(), 3 * spec.width() * spec.height(), latent.sharedFrames(), latent.toldFrames());
        } catch (IllegalArgumentException e) {
            throw new PoisonException("source_invalid", e.getMessage(), e);
        }
    }
}
