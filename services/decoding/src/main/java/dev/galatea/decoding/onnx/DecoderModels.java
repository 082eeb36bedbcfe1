package dev.galatea.decoding.onnx;

import java.util.List;
import java.util.stream.Stream;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jspecify.annotations.Nullable;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.ServedBundles;
import dev.galatea.clips.onnx.UpscalerModels;
import dev.galatea.decoding.clip.ClipModels;
import dev.galatea.decoding.tiling.LatentDecoder;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.Upscalers;
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
 * The decoders of the bundles in use, with upscalers, loaded when first asked for and kept. Thread-safe; nobody waits
 * for one that is loaded for somebody else.
 */
@ApplicationScoped
public class DecoderModels {

    private static final String DECODER = "decoder";
    /** A worker of a bundle may be asked for any of its scales, and keeps what it has loaded. */
    private static final List<String> ROLES =
            Stream.concat(Stream.of(DECODER), Upscalers.roles().stream()).toList();

    private final OnnxRuntime runtime;
    private final ModelMemory memory;
    private final UpscalerModels upscalers;
    private final ModelLeases<Sha256, OnnxModel> decoders;

    @Inject
    public DecoderModels(OnnxRuntime runtime, ModelMemory memory, UpscalerModels upscalers) {
        this.runtime = runtime;
        this.memory = memory;
        this.upscalers = upscalers;
        this.decoders = memory.leases(List.of(DECODER), Integer.MAX_VALUE, OnnxModel::close);
    }

    /** A decoder for one job that upscales nothing; the caller closes the lease when it is done with it. */
    public Lease acquire(Bundle bundle) throws PoisonException, RetryableException {
        return acquire(bundle, 1);
    }

    /**
     * The models for one job, which closes the lease when it is done with them.
     *
     * @param scale of the clip; 1 takes no upscaler
     */
    public Lease acquire(Bundle bundle, int scale) throws PoisonException, RetryableException {
        LeasedCache.Lease<OnnxModel> decoder =
                decoders.acquire(bundle.digest(), bundle, () -> runtime.open(bundle, DECODER, OnnxSignature.DECODER));
        int channels = bundle.manifest().latent().channels();
        if (scale == 1) {
            return new Lease(decoder, null, ClipModels.of(decoder(decoder.value(), channels)));
        }
        try {
            UpscalerModels.Lease upscaler = upscalers.acquire(bundle, scale, "spec.scale");
            return new Lease(
                    decoder, upscaler, new ClipModels(decoder(decoder.value(), channels), upscaler.upscaler()));
        } catch (PoisonException | RetryableException | RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    private static LatentDecoder decoder(OnnxModel model, int channels) {
        return model.carriesState() ? new OnnxCausalDecoder(model, channels) : new OnnxLatentDecoder(model, channels);
    }

    /** Refuses to start with bundles that jobs here can have and that can't fit. */
    public void requireRoom(BundleRepository bundles, ServedBundles served) {
        memory.requireRoom(bundles, ROLES, served);
    }

    @PreDestroy
    void close() {
        decoders.close();
    }

    /** The right to use models until it is closed; closing twice does nothing more. */
    public static final class Lease implements AutoCloseable {

        private final LeasedCache.Lease<OnnxModel> decoder;
        private final UpscalerModels.@Nullable Lease upscaler;
        private final ClipModels models;

        private Lease(
                LeasedCache.Lease<OnnxModel> decoder, UpscalerModels.@Nullable Lease upscaler, ClipModels models) {
            this.decoder = decoder;
            this.upscaler = upscaler;
            this.models = models;
        }

        /** The models, to be used by one thread at a time, and not after {@link #close}. */
        public ClipModels models() {
            return models;
        }

        @Override
        public void close() {
            decoder.close();
            if (upscaler != null) {
                upscaler.close();
            }
        }
    }
}
