package dev.galatea.encoding;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jspecify.annotations.Nullable;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.encoding.onnx.EncoderModels;
import dev.galatea.media.JobDirectory;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.event.EncodingRequested;
import dev.galatea.model.event.PromptConditioned;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.store.FileDigest;
import dev.galatea.store.ObjectStore;
import dev.galatea.store.TensorStore;
import dev.galatea.worker.WorkerConfig;

/** Puts the latents of one job's reference media into the store. Thread-safe. */
@ApplicationScoped
class ReferenceJob {

    private static final String LATENTS = "latents";
    private static final String EMBEDDINGS = "embeddings";

    private final BundleRepository bundles;
    private final EncoderModels models;
    private final ReferenceEncoder encoder;
    private final TensorStore tensors;
    private final ObjectStore objects;
    private final Path workDirectory;

    @Inject
    ReferenceJob(
            BundleRepository bundles,
            EncoderModels models,
            ReferenceEncoder encoder,
            TensorStore tensors,
            ObjectStore objects,
            WorkerConfig worker) {
        this.bundles = bundles;
        this.models = models;
        this.encoder = encoder;
        this.tensors = tensors;
        this.objects = objects;
        this.workDirectory = worker.workDir().resolve("encoding");
    }

    /** Removes what killed processes left, and loads what the first job would else have to wait for. */
    void prepare(Optional<String> bundle) throws StageException {
        JobDirectory.sweep(workDirectory);
        if (bundle.isPresent()) {
            models.acquire(bundles.byName(bundle.get())).close();
        }
    }

    private @Nullable ObjectRef stored(JobId jobId, @Nullable Path source) throws StageException {
        return source == null
                ? null
                : objects.put(ObjectKeys.source(jobId, FileDigest.of(source)), "application/octet-stream", source);
    }

    /** The same job with its latents, once they are in the store. */
    PromptConditioned run(EncodingRequested event) throws StageException, InterruptedException {
        Bundle bundle = bundles.byDigest(event.spec().bundle());
        try (JobDirectory directory = JobDirectory.create(workDirectory, event.jobId())) {
            ReferenceLatents made = encoder.encode(event.spec(), bundle, directory.path());
            return new PromptConditioned(
                    event.jobId(),
                    event.spec(),
                    event.prompt(),
                    event.negativePrompt(),
                    stored(event.jobId(), LATENTS, made.latents()),
                    made.mask(),
                    stored(event.jobId(), made.source()),
                    made.imageEmbeddings() == null ? null : stored(event.jobId(), EMBEDDINGS, made.imageEmbeddings()));
        }
    }

    private TensorRef stored(JobId jobId, String name, Tensor tensor) throws StageException {
        Sha256 digest = Sha256.of(SafeTensors.write(SafeTensorsFile.of(Map.of(name, tensor))));
        return tensors.put(ObjectKeys.reference(jobId, digest), name, tensor);
    }
}
