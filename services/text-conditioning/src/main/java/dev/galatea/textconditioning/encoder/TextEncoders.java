package dev.galatea.textconditioning.encoder;

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
import dev.galatea.onnx.OnnxRuntime;

/**
 * The text encoders of the bundles in use, loaded when first asked for and kept; bundles may share one. Thread-safe.
 */
@ApplicationScoped
public class TextEncoders {

    private final OnnxRuntime runtime;
    private final EncoderIds ids;
    private final Map<Sha256, TextEncoder> encoders = new HashMap<>();

    @Inject
    TextEncoders(OnnxRuntime runtime, EncoderIds ids) {
        this.runtime = runtime;
        this.ids = ids;
    }

    /** The text encoder of a bundle; it stays open until the service stops. */
    public synchronized TextEncoder of(Bundle bundle) throws PoisonException, RetryableException {
        BundleManifest manifest = bundle.manifest();
        Sha256 id = ids.of(bundle);
        TextEncoder known = encoders.get(id);
        if (known != null) {
            return known;
        }
        TextEncoder opened = TextEncoder.open(
                runtime,
                BundleFiles.verified(bundle, "textEncoder"),
                BundleFiles.verified(bundle, "tokenizer"),
                manifest.text());
        encoders.put(id, opened);
        return opened;
    }

    @PreDestroy
    synchronized void close() {
        encoders.values().forEach(TextEncoder::close);
        encoders.clear();
    }
}
