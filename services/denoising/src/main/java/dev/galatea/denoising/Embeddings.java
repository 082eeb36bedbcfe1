package dev.galatea.denoising;

import java.util.Arrays;

import jakarta.enterprise.context.ApplicationScoped;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.StageException;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.DType;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.store.TensorStore;

/**
 * Reads the embeddings that condition jobs. Some are kept, because nearly all jobs share their negative prompt; they
 * are known by the digest of their object, so they can't differ from what the store holds. Thread-safe.
 */
@ApplicationScoped
class Embeddings {

    /** The number of embeddings to keep; of the largest text encoders, one has some megabytes. */
    private static final int KEPT = 8;

    private final TensorStore tensors;
    private final Cache<Identity, Tensor> kept =
            Caffeine.newBuilder().maximumSize(KEPT).build();

    Embeddings(TensorStore tensors) {
        this.tensors = tensors;
    }

    /** Identifies embeddings by their content, wherever they are. */
    private record Identity(Sha256 object, String tensor) {}

    /**
     * Reads embeddings, f32, f16 or bf16 [L, D].
     *
     * @param field names the reference in messages
     */
    Tensor read(String field, TensorRef ref, BundleManifest manifest) throws StageException {
        Identity identity = new Identity(ref.sha256(), ref.name());
        Tensor embeddings = kept.getIfPresent(identity);
        if (embeddings == null) {
            embeddings = tensors.read(ref);
            kept.put(identity, embeddings);
        }
        requireShape(field, embeddings, manifest);
        return embeddings;
    }

    private static void requireShape(String field, Tensor embeddings, BundleManifest manifest) throws PoisonException {
        long[] shape = embeddings.shape();
        int dim = manifest.text().dim();
        if (shape.length != 2 || shape[0] < 1 || shape[1] != dim || embeddings.dtype() == DType.I64) {
            throw new PoisonException(
                    "invalid_embeddings",
                    field + ": is " + embeddings.dtype() + Arrays.toString(shape) + "; valid are floats of shape [L, "
                            + dim + "] for '" + manifest.name() + "'");
        }
    }
}
