package dev.galatea.textconditioning.embedding;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jboss.logging.Logger;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.MalformedTensorException;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;
import dev.galatea.store.ObjectStore;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The embeddings of texts in the object store, made once for each text and encoder. What is there is read and verified
 * before anyone is referred to it, and made anew when it is altered; where it is, is remembered, and what was verified
 * a moment ago is not read again. Thread-safe; two threads that miss at the same time both make the same object.
 */
public final class EmbeddingCache {

    /** The tensor's name in its object. */
    public static final String TENSOR = "embeddings";

    private static final Logger LOG = Logger.getLogger(EmbeddingCache.class);
    private static final String MEDIA_TYPE = "application/octet-stream";
    /** The most variants of one text's embeddings, above the number that different machines make. */
    private static final int VARIANTS = 4;

    private final ObjectStore store;
    private final Cache<String, TensorRef> known;
    private final Cache<TensorRef, Boolean> verifiedLately;

    /**
     * Creates an empty cache.
     *
     * @param entries greatest number of references that are remembered
     * @param verifyEvery time for which an object that was verified is not read again
     */
    public EmbeddingCache(ObjectStore store, int entries, Duration verifyEvery) {
        this.store = store;
        this.known = Caffeine.newBuilder().maximumSize(entries).build();
        this.verifiedLately = Caffeine.newBuilder()
                .maximumSize(entries)
                .expireAfterWrite(verifyEvery)
                .build();
    }

    /** The stored embeddings of a text; made by {@code embedder} if there are none. */
    public TensorRef get(Sha256 encoder, String text, TextEmbedder embedder)
            throws RetryableException, PoisonException {
        Sha256 textDigest = Sha256.of(text.getBytes(UTF_8));
        String prefix = ObjectKeys.embeddingsPrefix(encoder, textDigest);
        TensorRef remembered = known.getIfPresent(prefix);
        if (remembered != null && isIntact(remembered)) {
            return remembered;
        }
        Optional<TensorRef> found = find(prefix);
        TensorRef ref = found.isPresent() ? found.get() : make(encoder, textDigest, embedder.embed(text));
        known.put(prefix, ref);
        return ref;
    }

    /** Reading verifies length and digest; what is inside was looked at when it was first seen. */
    private boolean isIntact(TensorRef ref) throws RetryableException {
        if (verifiedLately.getIfPresent(ref) != null) {
            return true;
        }
        try {
            store.read(new ObjectRef(ref.bucket(), ref.key(), MEDIA_TYPE, ref.bytes(), ref.sha256()));
            verifiedLately.put(ref, true);
            return true;
        } catch (PoisonException e) {
            logAltered(ref.key(), e);
            return false;
        }
    }

    private Optional<TensorRef> find(String prefix) throws RetryableException {
        for (String key : store.list(prefix, VARIANTS)) {
            Optional<TensorRef> ref = verified(key);
            if (ref.isPresent()) {
                return ref;
            }
        }
        return Optional.empty();
    }

    private Optional<TensorRef> verified(String key) throws RetryableException {
        Optional<Sha256> content = ObjectKeys.embeddingsContent(key);
        Optional<ObjectStore.StoredObject> object = store.stat(key);
        if (content.isEmpty() || object.isEmpty() || object.get().bytes() == 0) {
            return Optional.empty();
        }
        ObjectRef ref =
                new ObjectRef(store.bucket(), key, MEDIA_TYPE, object.get().bytes(), content.get());
        try {
            Tensor tensor = SafeTensors.read(store.read(ref)).tensors().get(TENSOR);
            return Optional.ofNullable(tensor).map(t -> reference(ref, t));
        } catch (PoisonException | MalformedTensorException e) {
            logAltered(key, e);
            return Optional.empty();
        }
    }

    private static void logAltered(String key, Exception e) {
        LOG.warnf("stored embeddings are altered, making them anew tensorKey=%s cause=%s", key, e.getMessage());
    }

    private TensorRef make(Sha256 encoder, Sha256 text, Tensor tensor) throws RetryableException {
        byte[] bytes = SafeTensors.write(SafeTensorsFile.of(Map.of(TENSOR, tensor)));
        String key = ObjectKeys.embeddings(encoder, text, Sha256.of(bytes));
        return reference(store.put(key, MEDIA_TYPE, bytes), tensor);
    }

    private static TensorRef reference(ObjectRef object, Tensor tensor) {
        List<Long> shape = LongStream.of(tensor.shape()).boxed().toList();
        return new TensorRef(
                object.bucket(), object.key(), TENSOR, tensor.dtype(), shape, object.bytes(), object.sha256());
    }
}
