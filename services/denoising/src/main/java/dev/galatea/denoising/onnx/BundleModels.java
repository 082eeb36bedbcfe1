package dev.galatea.denoising.onnx;

import org.jspecify.annotations.Nullable;

import dev.galatea.denoising.diffusion.Denoiser;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxModel;

/** The loaded networks of one bundle: the denoiser, and from the first preview on the decoder. Thread-safe. */
public final class BundleModels {

    private final ModelOpener opener;
    private final Bundle bundle;
    private final OnnxModel denoiser;
    private @Nullable OnnxModel decoder;

    BundleModels(ModelOpener opener, Bundle bundle) throws PoisonException, RetryableException {
        this.opener = opener;
        this.bundle = bundle;
        this.denoiser = opener.openDenoiser(bundle);
    }

    /** The denoiser for one job, to be used by one thread at a time. */
    public Denoiser denoiser() {
        return new OnnxDenoiser(denoiser, bundle.manifest().text().contextPadding());
    }

    /** A JPEG picture of the middle of a clip, from its latents, f32 [C, T, H, W]. */
    public byte[] preview(Tensor latents) throws PoisonException, RetryableException {
        return new PreviewPainter(decoder()).paint(latents);
    }

    private synchronized OnnxModel decoder() throws PoisonException, RetryableException {
        if (decoder == null) {
            decoder = opener.openPreviewDecoder(bundle);
        }
        return decoder;
    }

    synchronized void close() {
        denoiser.close();
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
    }
}
