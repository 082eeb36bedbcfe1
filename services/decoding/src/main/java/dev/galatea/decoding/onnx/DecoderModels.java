package dev.galatea.decoding.onnx;

import java.util.HashMap;
import java.util.Map;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.decoding.tiling.LatentDecoder;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

/** The decoders of the bundles in use, loaded when first asked for and kept. Thread-safe. */
@ApplicationScoped
public class DecoderModels {

    private static final String ROLE = "decoder";

    private final OnnxRuntime runtime;
    private final Map<Sha256, OnnxModel> models = new HashMap<>();

    @Inject
    DecoderModels(OnnxRuntime runtime) {
        this.runtime = runtime;
    }

    /** A decoder for one job. */
    public LatentDecoder decoder(Bundle bundle) throws PoisonException, RetryableException {
        OnnxModel model = model(bundle);
        int channels = bundle.manifest().latent().channels();
        return model.carriesState() ? new OnnxCausalDecoder(model, channels) : new OnnxLatentDecoder(model, channels);
    }

    private synchronized OnnxModel model(Bundle bundle) throws PoisonException, RetryableException {
        OnnxModel known = models.get(bundle.digest());
        if (known != null) {
            return known;
        }
        OnnxModel opened = runtime.open(ROLE, BundleFiles.verified(bundle, ROLE), OnnxSignature.DECODER);
        models.put(bundle.digest(), opened);
        return opened;
    }

    @PreDestroy
    synchronized void close() {
        models.values().forEach(OnnxModel::close);
        models.clear();
    }
}
