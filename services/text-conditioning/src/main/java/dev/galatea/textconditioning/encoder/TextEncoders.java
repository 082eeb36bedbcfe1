package dev.galatea.textconditioning.encoder;

import java.util.List;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.LeasedCache;
import dev.galatea.onnx.ModelLeases;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxRuntime;

/**
 * The text encoders of the bundles in use, loaded when first asked for and kept; bundles may share one. Thread-safe;
 * nobody waits for an encoder that is loaded for somebody else.
 */
@ApplicationScoped
public class TextEncoders {

    private static final List<String> ROLES = List.of("textEncoder");

    private final OnnxRuntime runtime;
    private final EncoderIds ids;
    private final ModelMemory memory;
    private final ModelLeases<Sha256, TextEncoder> encoders;

    @Inject
    TextEncoders(OnnxRuntime runtime, EncoderIds ids, ModelMemory memory) {
        this.runtime = runtime;
        this.ids = ids;
        this.memory = memory;
        this.encoders = memory.leases(ROLES, Integer.MAX_VALUE, TextEncoder::close);
    }

    /** The embeddings of a text by a bundle's text encoder; see {@link TextEncoder#encode}. */
    public Tensor encode(Bundle bundle, String text) throws PoisonException, RetryableException {
        try (LeasedCache.Lease<TextEncoder> encoder = encoders.acquire(ids.of(bundle), bundle, () -> open(bundle))) {
            return encoder.value().encode(text);
        }
    }

    private TextEncoder open(Bundle bundle) throws PoisonException, RetryableException {
        return TextEncoder.open(runtime, bundle);
    }

    void requireRoom(@Observes StartupEvent event, BundleRepository bundles) {
        memory.requireRoom(bundles, ROLES);
    }

    @PreDestroy
    void close() {
        encoders.close();
    }
}
