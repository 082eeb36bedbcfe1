package dev.galatea.decoding.onnx;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.bundles.BundleFiles;
import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.ServedBundles;
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
 * The decoders and upscalers of the bundles in use, loaded when first asked for and kept. Thread-safe; nobody waits for
 * one that is loaded for somebody else.
 */
@ApplicationScoped
public class DecoderModels {

    private static final String DECODER = "decoder";
    /** A worker of a bundle may be asked for any of its scales, and keeps what it has loaded. */
    private static final List<String> ROLES =
            Stream.concat(Stream.of(DECODER), Upscalers.roles().stream()).toList();

    private final OnnxRuntime runtime;
    private final ModelMemory memory;
    private final ModelLeases<Sha256, OnnxModel> decoders;
    private final Map<Integer, ModelLeases<Sha256, OnnxModel>> upscalers;

    @Inject
    public DecoderModels(OnnxRuntime runtime, ModelMemory memory) {
        this.runtime = runtime;
        this.memory = memory;
        this.decoders = leases(DECODER);
        this.upscalers = IntStream.rangeClosed(2, Upscalers.MAX_SCALE)
                .boxed()
                .collect(Collectors.toUnmodifiableMap(scale -> scale, scale -> leases(Upscalers.role(scale))));
    }

    private ModelLeases<Sha256, OnnxModel> leases(String role) {
        return memory.leases(List.of(role), Integer.MAX_VALUE, OnnxModel::close);
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
                decoders.acquire(bundle.digest(), bundle, () -> open(bundle, DECODER, OnnxSignature.DECODER));
        int channels = bundle.manifest().latent().channels();
        if (scale == 1) {
            return new Lease(List.of(decoder), ClipModels.of(decoder(decoder.value(), channels)));
        }
        try {
            LeasedCache.Lease<OnnxModel> upscaler = upscaler(bundle, scale);
            return new Lease(
                    List.of(decoder, upscaler),
                    new ClipModels(
                            decoder(decoder.value(), channels), new OnnxPictureUpscaler(upscaler.value(), scale)));
        } catch (PoisonException | RetryableException | RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    private LeasedCache.Lease<OnnxModel> upscaler(Bundle bundle, int scale) throws PoisonException, RetryableException {
        String role = Upscalers.role(scale);
        ModelLeases<Sha256, OnnxModel> leases = upscalers.get(scale);
        if (leases == null || !bundle.manifest().files().containsKey(role)) {
            throw new PoisonException(
                    "invalid_scale",
                    "spec.scale: is " + scale + "; valid for bundle '"
                            + bundle.manifest().name() + "' are "
                            + bundle.manifest().pictureSizes().scales());
        }
        return leases.acquire(bundle.digest(), bundle, () -> open(bundle, role, OnnxSignature.UPSCALER));
    }

    private static LatentDecoder decoder(OnnxModel model, int channels) {
        return model.carriesState() ? new OnnxCausalDecoder(model, channels) : new OnnxLatentDecoder(model, channels);
    }

    private OnnxModel open(Bundle bundle, String role, OnnxSignature signature)
            throws PoisonException, RetryableException {
        return runtime.open(role, BundleFiles.verified(bundle, role), signature);
    }

    /** Refuses to start with bundles that jobs here can have and that can't fit. */
    public void requireRoom(BundleRepository bundles, ServedBundles served) {
        memory.requireRoom(bundles, ROLES, served);
    }

    @PreDestroy
    void close() {
        decoders.close();
        upscalers.values().forEach(ModelLeases::close);
    }

    /** The right to use models until it is closed; closing twice does nothing more. */
    public static final class Lease implements AutoCloseable {

        private final List<LeasedCache.Lease<OnnxModel>> leases;
        private final ClipModels models;

        private Lease(List<LeasedCache.Lease<OnnxModel>> leases, ClipModels models) {
            this.leases = leases;
            this.models = models;
        }

        /** The models, to be used by one thread at a time, and not after {@link #close}. */
        public ClipModels models() {
            return models;
        }

        @Override
        public void close() {
            leases.forEach(LeasedCache.Lease::close);
        }
    }
}
