package dev.galatea.model.tensor;

import java.util.List;

import dev.galatea.model.id.Sha256;

/**
 * Points at one named tensor inside a safetensors object in the store. Bytes and digest are those of the whole object;
 * dtype and shape are what the reader must find under {@code name}.
 *
 * @param name the tensor's name in the object's header
 * @param bytes length of the whole object
 */
public record TensorRef(
        String bucket, String key, String name, DType dtype, List<Long> shape, long bytes, Sha256 sha256) {

    /** More dimensions than any tensor of a video model has. */
    public static final int MAX_RANK = 8;

    public TensorRef {
        References.requireName("bucket", bucket);
        References.requireKey(key);
        References.requireName("name", name);
        References.requirePresent("dtype", dtype);
        References.requirePresent("shape", shape);
        References.requirePositive("bytes", bytes);
        References.requirePresent("sha256", sha256);
        shape = List.copyOf(shape);
        if (shape.size() > MAX_RANK || shape.stream().anyMatch(d -> d < 0)) {
            throw new IllegalArgumentException(
                    "shape: " + shape + " is not valid; valid are up to " + MAX_RANK + " dimensions of 0 or more");
        }
    }
}
