package dev.galatea.denoising.onnx;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.plumbing.failure.PoisonException;
import dev.galatea.plumbing.failure.RetryableException;
import dev.galatea.plumbing.onnx.OnnxModel;
import dev.galatea.plumbing.onnx.OnnxRuntime;
import dev.galatea.plumbing.onnx.OnnxSignature;

/** Opens verified files of bundles. */
final class ModelOpener {

    private final OnnxRuntime runtime;

    ModelOpener(OnnxRuntime runtime) {
        this.runtime = runtime;
    }

    OnnxModel openDenoiser(Bundle bundle) throws PoisonException, RetryableException {
        return open(bundle, "denoiser", OnnxSignature.DENOISER);
    }

    OnnxModel openDecoder(Bundle bundle) throws PoisonException, RetryableException {
        return open(bundle, "decoder", OnnxSignature.DECODER);
    }

    private OnnxModel open(Bundle bundle, String role, OnnxSignature signature)
            throws PoisonException, RetryableException {
        try {
            return runtime.open(role, bundle.file(role), signature);
        } catch (BundleException e) {
            String code = e.code().wireName();
            if (e.code() == BundleException.Code.UNREADABLE) {
                throw new RetryableException(code, e.getMessage(), e);
            }
            throw new PoisonException(code, e.getMessage(), e);
        }
    }
}
