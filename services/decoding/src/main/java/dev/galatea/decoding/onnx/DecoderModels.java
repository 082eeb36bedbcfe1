package dev.galatea.decoding.onnx;

import java.util.List;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.ServedBundles;
import dev.galatea.decoding.tiling.LatentDecoder;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.onnx.LeasedCache;
import dev.galatea.onnx.ModelLeases;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

/**
 * The decoders of the bundles in use, loaded when first asked for and kept. Thread-safe; nobody waits for one that is
 * loaded for somebody else.
 */
@ApplicationScoped
public class DecoderModels {

    private static final String ROLE = "decoder";
    private static final List<String> ROLES = List.of(ROLE);

    private final OnnxRuntime runtime;
    private final ModelMemory memory;
    private final ModelLeases<Sha256, OnnxModel> models;

    @Inject
    public DecoderModels(OnnxRuntime runtime, ModelMemory memory) {
        this.runtime = runtime;
        this.memory = memory;
        this.models = memory.leases(ROLES, Integer.MAX_VALUE, OnnxModel::close);
    }

    /** A decoder for one job, which closes the lease when it is done with it. */
    public Lease acquire(Bundle bundle) throws PoisonException, RetryableException {
        LeasedCache.Lease<OnnxModel> model = models.acquire(bundle.digest(), bundle, () -> open(bundle));
        return new Lease(
                model, decoder(model.value(), bundle.manifest().latent().channels()));
    }

    private static LatentDecoder decoder(OnnxModel model, int channels) {
        return model.carriesState() ? new OnnxCausalDecoder(model, channels) : new OnnxLatentDecoder(model, channels);
    }

    private OnnxModel open(Bundle bundle) throws PoisonException, RetryableException {
        return runtime.open(ROLE, BundleFiles.verified(bundle, ROLE), OnnxSignature.DECODER);
    }

    /** Refuses to start with bundles that jobs here can have and that can't fit. */
    public void requireRoom(BundleRepository bundles, ServedBundles served) {
        memory.requireRoom(bundles, ROLES, served);
    }

    @PreDestroy
    void close() {
        models.close();
    }

    /** The right to use a decoder until it is closed; closing twice does nothing more. */
    public static final class Lease implements AutoCloseable {

        private final LeasedCache.Lease<OnnxModel> model;
        private final LatentDecoder decoder;

        private Lease(LeasedCache.Lease<OnnxModel> model, LatentDecoder decoder) {
            this.model = model;
            this.decoder = decoder;
        }

        /** The decoder, to be used by one thread at a time, and not after {@link #close}. */
        public LatentDecoder decoder() {
            return decoder;
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
