package dev.galatea.textconditioning.encoder;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.enterprise.context.ApplicationScoped;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.ChosenFile;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.textconditioning.embedding.EncoderId;

/**
 * The ids of bundles' encoders. The text encoder's graph is read for it, once for each bundle, because it alone says
 * which files hold its weights. Embeddings of a variant have an id of their own. Thread-safe.
 */
@ApplicationScoped
public class EncoderIds {

    private final OnnxRuntime runtime;
    private final Map<Sha256, Sha256> known = new ConcurrentHashMap<>();

    EncoderIds(OnnxRuntime runtime) {
        this.runtime = runtime;
    }

    /** The id of a bundle's text encoder. */
    public Sha256 of(Bundle bundle) throws PoisonException, RetryableException {
        Sha256 id = known.get(bundle.digest());
        if (id == null) {
            ChosenFile encoder = runtime.choose(bundle, "textEncoder");
            id = EncoderId.of(bundle.manifest(), encoder.entry(), BundleFiles.externalData(bundle, encoder));
            known.put(bundle.digest(), id);
        }
        return id;
    }
}
