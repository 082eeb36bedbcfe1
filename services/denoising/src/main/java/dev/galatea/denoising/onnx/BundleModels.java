package dev.galatea.denoising.onnx;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.galatea.denoising.diffusion.Denoiser;
import dev.galatea.denoising.diffusion.DenoiserException;
import dev.galatea.denoising.diffusion.ExpertDenoiser;
import dev.galatea.denoising.diffusion.SplitDenoiser;
import dev.galatea.denoising.diffusion.StepCache;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.PreviewMatrix;
import dev.galatea.model.bundle.StepCaching;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.onnx.OnnxModel;

/**
 * The loaded networks of one bundle: the denoiser, from the first step at low noise on the second one of models that
 * have two, and from the first preview on the decoder, unless the bundle says how to paint without it. Thread-safe.
 */
public final class BundleModels {

    private final ModelOpener opener;
    private final Bundle bundle;
    private final OnnxModel denoiser;
    private final int guidanceBatch;
    private final @Nullable OnnxModel probe;
    private @Nullable OnnxModel lowNoise;
    private @Nullable OnnxModel decoder;

    /** @param guidanceBatch most texts that a run of the denoiser takes at once */
    BundleModels(ModelOpener opener, Bundle bundle, int guidanceBatch) throws PoisonException, RetryableException {
        this.opener = opener;
        this.bundle = bundle;
        this.guidanceBatch = guidanceBatch;
        this.denoiser = opener.openDenoiser(bundle);
        this.probe = openProbe();
    }

    private @Nullable OnnxModel openProbe() throws PoisonException, RetryableException {
        try {
            return bundle.manifest().stepCaching() == null ? null : opener.openProbe(bundle);
        } catch (PoisonException | RetryableException e) {
            denoiser.close();
            throw e;
        }
    }

    /** The denoiser for one job, to be used by one thread at a time. */
    public Denoiser denoiser() {
        BundleManifest manifest = bundle.manifest();
        Denoiser first = split(denoiser);
        return manifest.experts() == null
                ? first
                : new ExpertDenoiser(first, new LowNoiseDenoiser(), manifest.expertBoundary());
    }

    /** The decision of one job which steps go without the denoiser, to be used by one thread at a time. */
    public StepCache stepCache() {
        BundleManifest manifest = bundle.manifest();
        StepCaching caching = manifest.stepCaching();
        return probe == null || caching == null
                ? StepCache.NONE
                : StepCache.of(
                        new OnnxProbe(probe, manifest.text().contextPadding()),
                        caching.threshold(),
                        caching.highest() * manifest.scheduler().trainTimesteps(),
                        manifest.expertBoundary());
    }

    private Denoiser split(OnnxModel model) {
        return new SplitDenoiser(
                new OnnxDenoiser(model, bundle.manifest().text().contextPadding()), guidanceBatch);
    }

    /** A JPEG picture of the middle of a clip, from its latents, f32 [C, T, H, W]. */
    public byte[] preview(Tensor latents) throws PoisonException, RetryableException {
        return painter().paint(latents);
    }

    private PreviewPainter painter() throws PoisonException, RetryableException {
        PreviewMatrix preview = bundle.manifest().preview();
        return preview == null
                ? new DecodingPainter(decoder(), bundle.manifest())
                : new MatrixPainter(preview, bundle.manifest().latent().spatialCompression());
    }

    private synchronized OnnxModel lowNoise() throws PoisonException, RetryableException {
        if (lowNoise == null) {
            lowNoise = opener.openLowNoiseDenoiser(bundle);
        }
        return lowNoise;
    }

    private synchronized OnnxModel decoder() throws PoisonException, RetryableException {
        if (decoder == null) {
            decoder = opener.openPreviewDecoder(bundle);
        }
        return decoder;
    }

    synchronized void close() {
        denoiser.close();
        if (probe != null) {
            probe.close();
        }
        if (lowNoise != null) {
            lowNoise.close();
            lowNoise = null;
        }
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
    }

    /** The second denoiser for one job, loaded when its first step comes. */
    private final class LowNoiseDenoiser implements Denoiser {

        private @Nullable Denoiser loaded;

        @Override
        public List<Tensor> predict(List<Input> batch) {
            try {
                Denoiser ready = loaded == null ? split(lowNoise()) : loaded;
                loaded = ready;
                return ready.predict(batch);
            } catch (PoisonException | RetryableException e) {
                throw new DenoiserException(e);
            }
        }
    }
}
