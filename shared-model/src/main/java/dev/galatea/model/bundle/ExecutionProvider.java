package dev.galatea.model.bundle;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** The devices that models run on, by the names that manifests and configuration have for them. */
public enum ExecutionProvider {
    /** Any machine. */
    CPU,
    /** An NVIDIA GPU; needs the artifact {@code onnxruntime_gpu} in place of {@code onnxruntime}. */
    CUDA;

    /** The name in manifests and configuration. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
