package dev.galatea.denoising.onnx;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.Experts;
import dev.galatea.model.bundle.StepCaching;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.onnx.GraphInterfaces;
import dev.galatea.onnx.OnnxModel;
import dev.galatea.onnx.OnnxRuntime;
import dev.galatea.onnx.OnnxSignature;

/** Opens verified files of bundles. */
final class ModelOpener {

    private final OnnxRuntime runtime;

    ModelOpener(OnnxRuntime runtime) {
        this.runtime = runtime;
    }

    OnnxModel openDenoiser(Bundle bundle) throws PoisonException, RetryableException {
        return openDenoiser("denoiser", bundle);
    }

    /** The second denoiser of a model of two experts, which may run on a device of its own. */
    OnnxModel openLowNoiseDenoiser(Bundle bundle) throws PoisonException, RetryableException {
        return openDenoiser(Experts.LOW_NOISE_ROLE, bundle);
    }

    private OnnxModel openDenoiser(String role, Bundle bundle) throws PoisonException, RetryableException {
        return runtime.open(bundle, role, GraphInterfaces.denoiser(bundle.manifest()));
    }

    /** The graph that says what enters the denoiser's first block. */
    OnnxModel openProbe(Bundle bundle) throws PoisonException, RetryableException {
        return runtime.open(bundle, StepCaching.PROBE_ROLE, GraphInterfaces.probe(bundle.manifest()));
    }

    /** The decoder, for previews: its time is counted apart, because no job waits for it. */
    OnnxModel openPreviewDecoder(Bundle bundle) throws PoisonException, RetryableException {
        return runtime.open(bundle, "previewDecoder", OnnxSignature.DECODER);
    }
}
