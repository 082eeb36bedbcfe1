package dev.galatea.finishing.onnx;

import java.util.List;
import java.util.stream.Stream;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jspecify.annotations.Nullable;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.clips.onnx.UpscalerModels;
import dev.galatea.finishing.clip.FinishingModels;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.Upscalers;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.Sha256;
import dev.galatea.onnx.LeasedCache;
import dev.galatea.onnx.ModelLeases;
import dev.galatea.onnx.ModelMemory;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

/** The interpolators of the bundles in use, with upscalers, loaded when first asked for and kept. Thread-safe. */
@ApplicationScoped
public class FinisherModels {

    private static final String INTERPOLATOR = BundleManifest.INTERPOLATOR;
    /** A worker may be asked for any of a bundle's scales, and keeps what it has loaded. */
    private static final List<String> ROLES =
            Stream.concat(Stream.of(INTERPOLATOR), Upscalers.roles().stream()).toList();

    private final OnnxRuntime runtime;
    private final ModelMemory memory;
    private final UpscalerModels upscalers;
    private final ModelLeases<Sha256, OnnxModel> interpolators;

    @Inject
    public FinisherModels(OnnxRuntime runtime, ModelMemory memory, UpscalerModels upscalers) {
        this.runtime = runtime;
        this.memory = memory;
        this.upscalers = upscalers;
        this.interpolators = memory.leases(List.of(INTERPOLATOR), Integer.MAX_VALUE, OnnxModel::close);
    }

    /** The models that a job asks for; the caller closes the lease when the job is done with them. */
    public Lease acquire(Bundle bundle, JobSpec spec) throws PoisonException, RetryableException {
        LeasedCache.Lease<OnnxModel> interpolator = spec.settings().interpolateToFps() == null ? null : open(bundle);
        try {
            int scale = spec.upscaleOrOne();
            return new Lease(interpolator, scale == 1 ? null : upscalers.acquire(bundle, scale, "spec.upscale"));
        } catch (PoisonException | RetryableException | RuntimeException e) {
            if (interpolator != null) {
                interpolator.close();
            }
            throw e;
        }
    }

    private LeasedCache.Lease<OnnxModel> open(Bundle bundle) throws PoisonException, RetryableException {
        if (!bundle.manifest().files().containsKey(INTERPOLATOR)) {
            throw new PoisonException(
                    "invalid_interpolate_to_fps",
                    "spec.interpolateToFps: bundle '" + bundle.manifest().name()
                            + "' has no interpolator; valid is to leave it out");
        }
        return interpolators.acquire(
                bundle.digest(), bundle, () -> runtime.open(bundle, INTERPOLATOR, OnnxSignature.INTERPOLATOR));
    }

    /** Refuses to start with bundles whose models can't fit. */
    public void requireRoom(BundleRepository bundles) {
        memory.requireRoom(bundles, ROLES);
    }

    @PreDestroy
    void close() {
        interpolators.close();
    }

    /** The right to use models until it is closed; closing twice does nothing more. */
    public static final class Lease implements AutoCloseable {

        private final LeasedCache.@Nullable Lease<OnnxModel> interpolator;
        private final UpscalerModels.@Nullable Lease upscaler;

        private Lease(LeasedCache.@Nullable Lease<OnnxModel> interpolator, UpscalerModels.@Nullable Lease upscaler) {
            this.interpolator = interpolator;
            this.upscaler = upscaler;
        }

        /** The models, to be used by one thread at a time, and not after {@link #close}. */
        public FinishingModels models() {
            return new FinishingModels(
                    interpolator == null ? null : new OnnxFrameInterpolator(interpolator.value()),
                    upscaler == null ? null : upscaler.upscaler());
        }

        @Override
        public void close() {
            if (interpolator != null) {
                interpolator.close();
            }
            if (upscaler != null) {
                upscaler.close();
            }
        }
    }
}
