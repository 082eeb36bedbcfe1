package dev.galatea.encoding.onnx;

import java.util.List;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.jspecify.annotations.Nullable;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.bundles.ServedBundles;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.ImageEmbeddings;
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
 * The encoders of the bundles in use, loaded when first asked for and kept. Thread-safe; nobody waits for one that is
 * loaded for somebody else.
 */
@ApplicationScoped
public class EncoderModels {

    private static final String ROLE = "encoder";
    private static final List<String> ROLES = List.of(ROLE, ImageEmbeddings.ROLE);

    private final OnnxRuntime runtime;
    private final ModelMemory memory;
    private final ModelLeases<Sha256, Opened> models;

    @Inject
    EncoderModels(OnnxRuntime runtime, ModelMemory memory) {
        this.runtime = runtime;
        this.memory = memory;
        this.models = memory.leases(ROLES, Integer.MAX_VALUE, Opened::close);
    }

    /**
     * The models of a bundle.
     *
     * @param pictures null if the bundle has none
     */
    private record Opened(OnnxModel latents, @Nullable OnnxModel pictures) {

        void close() {
            latents.close();
            if (pictures != null) {
                pictures.close();
            }
        }
    }

    /** The encoders for one job, which closes the lease when it is done with them. */
    public Lease acquire(Bundle bundle) throws PoisonException, RetryableException {
        return new Lease(models.acquire(bundle.digest(), bundle, () -> open(bundle)), bundle.manifest());
    }

    private Opened open(Bundle bundle) throws PoisonException, RetryableException {
        OnnxModel latents = runtime.open(bundle, ROLE, OnnxSignature.ENCODER);
        if (bundle.manifest().imageEmbeddings() == null) {
            return new Opened(latents, null);
        }
        try {
            return new Opened(latents, runtime.open(bundle, ImageEmbeddings.ROLE, OnnxSignature.IMAGE_ENCODER));
        } catch (PoisonException | RetryableException | RuntimeException e) {
            latents.close();
            throw e;
        }
    }

    /** Refuses to start with bundles that jobs here can have and that can't fit. */
    public void requireRoom(BundleRepository bundles, ServedBundles served) {
        memory.requireRoom(bundles, ROLES, served);
    }

    @PreDestroy
    void close() {
        models.close();
    }

    /** The right to use encoders until it is closed; closing twice does nothing more. */
    public static final class Lease implements AutoCloseable {

        private final LeasedCache.Lease<Opened> models;
        private final LatentEncoder encoder;
        private final @Nullable PictureEncoder pictureEncoder;

        private Lease(LeasedCache.Lease<Opened> models, BundleManifest manifest) {
            this.models = models;
            OnnxModel pictures = models.value().pictures();
            ImageEmbeddings embeddings = manifest.imageEmbeddings();
            this.encoder = new LatentEncoder(
                    models.value().latents(),
                    manifest.latent(),
                    manifest.decoding().chunkLatentFrames());
            this.pictureEncoder =
                    pictures == null || embeddings == null ? null : new PictureEncoder(pictures, embeddings);
        }

        /** The encoder of latents, to be used by one thread at a time, and not after {@link #close}. */
        public LatentEncoder encoder() {
            return encoder;
        }

        /** The encoder of pictures for bundles with {@code imageEmbeddings}, likewise; null for others. */
        public @Nullable PictureEncoder pictureEncoder() {
            return pictureEncoder;
        }

        @Override
        public void close() {
            models.close();
        }
    }
}
