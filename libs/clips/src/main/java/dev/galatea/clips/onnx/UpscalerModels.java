package dev.galatea.clips.onnx;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.clips.upscaling.PictureUpscaler;
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
 * The upscalers of the bundles in use, loaded when first asked for and kept; one copy for all stages of a process.
 * Thread-safe.
 */
@ApplicationScoped
public class UpscalerModels {

    private final OnnxRuntime runtime;
    private final Map<Integer, ModelLeases<Sha256, OnnxModel>> upscalers;

    @Inject
    public UpscalerModels(OnnxRuntime runtime, ModelMemory memory) {
        this.runtime = runtime;
        this.upscalers = IntStream.rangeClosed(2, Upscalers.MAX_SCALE)
                .boxed()
                .collect(Collectors.toUnmodifiableMap(
                        scale -> scale,
                        scale -> memory.leases(List.of(Upscalers.role(scale)), Integer.MAX_VALUE, OnnxModel::close)));
    }

    /**
     * The upscaler for one job, which closes the lease when it is done with it.
     *
     * @param field of the job's spec that says the scale, for messages
     */
    public Lease acquire(Bundle bundle, int scale, String field) throws PoisonException, RetryableException {
        String role = Upscalers.role(scale);
        ModelLeases<Sha256, OnnxModel> leases = upscalers.get(scale);
        if (leases == null || !bundle.manifest().files().containsKey(role)) {
            throw new PoisonException(
                    "invalid_scale",
                    field + ": is " + scale + "; valid for bundle '"
                            + bundle.manifest().name() + "' are "
                            + bundle.manifest().pictureSizes().scales());
        }
        LeasedCache.Lease<OnnxModel> lease =
                leases.acquire(bundle.digest(), bundle, () -> runtime.open(bundle, role, OnnxSignature.UPSCALER));
        return new Lease(lease, new OnnxPictureUpscaler(lease.value(), scale));
    }

    @PreDestroy
    void close() {
        upscalers.values().forEach(ModelLeases::close);
    }

    /** The right to use an upscaler until it is closed; closing twice does nothing more. */
    public static final class Lease implements AutoCloseable {

        private final LeasedCache.Lease<OnnxModel> lease;
        private final PictureUpscaler upscaler;

        private Lease(LeasedCache.Lease<OnnxModel> lease, PictureUpscaler upscaler) {
            this.lease = lease;
            this.upscaler = upscaler;
        }

        /** The upscaler, to be used by one thread at a time, and not after {@link #close}. */
        public PictureUpscaler upscaler() {
            return upscaler;
        }

        @Override
        public void close() {
            lease.close();
        }
    }
}
