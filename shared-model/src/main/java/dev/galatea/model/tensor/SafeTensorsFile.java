package dev.galatea.model.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The content of a safetensors file: tensors by name, and text metadata. Immutable and thread-safe; iteration follows
 * the order in the file.
 *
 * @param metadata free text by key; empty if the file has none
 */
public record SafeTensorsFile(Map<String, Tensor> tensors, Map<String, String> metadata) {

    public SafeTensorsFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        if (tensors.containsKey(SafeTensors.METADATA)) {
            throw new IllegalArgumentException(
                    "tensors: '" + SafeTensors.METADATA + "' is reserved by the format; valid is any other name");
        }
    }

    /** A file without metadata. */
    public static SafeTensorsFile of(Map<String, Tensor> tensors) {
        return new SafeTensorsFile(tensors, Map.of());
    }

    /**
     * The tensor of a name.
     *
     * @throws IllegalArgumentException if there is none; the message lists the names that there are
     */
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("tensor '" + name + "' is not in the file; it has " + tensors.keySet());
        }
        return tensor;
    }
}
