package dev.galatea.encoding.onnx;

import java.util.HashMap;
import java.util.Map;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

/** The encoders of the bundles in use, loaded when first asked for and kept. Thread-safe. */
@ApplicationScoped
public class EncoderModels {

    private static final String ROLE = "encoder";

    private final OnnxRuntime runtime;
    private final Map<Sha256, OnnxModel> models = new HashMap<>();

    @Inject
    EncoderModels(OnnxRuntime runtime) {
        this.runtime = runtime;
    }

    /** An encoder for one job. */
    public synchronized LatentEncoder encoder(Bundle bundle) throws PoisonException, RetryableException {
        OnnxModel model = models.get(bundle.digest());
        if (model == null) {
            model = runtime.open(ROLE, BundleFiles.verified(bundle, ROLE), OnnxSignature.ENCODER);
            models.put(bundle.digest(), model);
        }
        BundleManifest manifest = bundle.manifest();
        return new LatentEncoder(model, manifest.latent(), manifest.decoding().chunkLatentFrames());
    }

    @PreDestroy
    synchronized void close() {
        models.values().forEach(OnnxModel::close);
        models.clear();
    }
}
