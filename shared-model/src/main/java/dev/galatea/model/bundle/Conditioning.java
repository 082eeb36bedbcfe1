package dev.galatea.model.bundle;

import com.fasterxml.jackson.annotation.JsonValue;

/** The way in which pictures that a clip begins or ends with are told to the denoiser, as {@code known}. */
public enum Conditioning {
    /** Each is encoded by itself, and placed at its latent frame; nothing is known of the others. */
    PLACE("place"),
    /** They are encoded as one clip with frames of zeros for all others, of whose latents each frame is told. */
    CONCATENATE("concatenate");

    private final String wireName;

    Conditioning(String wireName) {
        this.wireName = wireName;
    }

    /** The name in the manifest. */
    @JsonValue
    public String wireName() {
        return wireName;
    }
}
