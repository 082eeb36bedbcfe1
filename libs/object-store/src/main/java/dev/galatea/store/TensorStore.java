package dev.galatea.store;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.MalformedTensorException;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.model.tensor.SafeTensors;
import dev.galatea.model.tensor.SafeTensorsFile;
import dev.galatea.model.tensor.Tensor;
import dev.galatea.model.tensor.TensorRef;

/** Tensors in the object store, as safetensors objects. Thread-safe. */
@ApplicationScoped
public class TensorStore {

    /** The media type of safetensors objects. */
    public static final String MEDIA_TYPE = "application/vnd.safetensors";

    private final ObjectStore store;

    @Inject
    public TensorStore(ObjectStore store) {
        this.store = store;
    }

    /** Writes an object with this one tensor. */
    public TensorRef put(String key, String name, Tensor tensor) throws RetryableException {
        return refer(putFile(key, SafeTensorsFile.of(Map.of(name, tensor))), name, tensor);
    }

    /** Reads a tensor; object, dtype and shape must be what the reference says. */
    public Tensor read(TensorRef ref) throws RetryableException, PoisonException {
        ObjectRef object = new ObjectRef(ref.bucket(), ref.key(), MEDIA_TYPE, ref.bytes(), ref.sha256());
        Tensor tensor = readFile(object).tensors().get(ref.name());
        if (tensor == null) {
            throw new PoisonException(
                    StoreCalls.ALTERED, "object '" + ref.key() + "' holds no tensor '" + ref.name() + "'");
        }
        if (tensor.dtype() != ref.dtype() || !shapeOf(tensor).equals(ref.shape())) {
            throw new PoisonException(
                    StoreCalls.ALTERED,
                    "tensor '" + ref.name() + "' in '" + ref.key() + "' is " + tensor.dtype() + shapeOf(tensor)
                            + ", the reference says " + ref.dtype() + ref.shape());
        }
        return tensor;
    }

    /** Writes an object with several tensors and metadata. */
    public ObjectRef putFile(String key, SafeTensorsFile file) throws RetryableException {
        return store.put(key, MEDIA_TYPE, SafeTensors.write(file));
    }

    /** Reads all of an object, which must be what the reference says. */
    public SafeTensorsFile readFile(ObjectRef ref) throws RetryableException, PoisonException {
        try {
            return SafeTensors.read(store.read(ref));
        } catch (MalformedTensorException e) {
            throw new PoisonException(
                    StoreCalls.ALTERED, "object '" + ref.key() + "' is not a safetensors file: " + e.getMessage(), e);
        }
    }

    /** Points at one tensor of an object that was written with several. */
    public static TensorRef refer(ObjectRef object, String name, Tensor tensor) {
        return new TensorRef(
                object.bucket(), object.key(), name, tensor.dtype(), shapeOf(tensor), object.bytes(), object.sha256());
    }

    private static List<Long> shapeOf(Tensor tensor) {
        return Arrays.stream(tensor.shape()).boxed().toList();
    }
}
