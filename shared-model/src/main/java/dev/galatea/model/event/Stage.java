package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonValue;

/** The stages of the pipeline in the order in which a job passes them. */
public enum Stage {
    /** Admission in job-tracking. */
    ADMISSION("admission"),
    /** Prompts to embeddings. */
    TEXT_CONDITIONING("text-conditioning"),
    /** Reference media to latents. */
    ENCODING("encoding"),
    /** Noise to latents. */
    DENOISING("denoising"),
    /** Latents to the clip. */
    DECODING("decoding");

    private final String wireName;

    Stage(String wireName) {
        this.wireName = wireName;
    }

    /** The name in events, metrics and configuration. */
    @JsonValue
    public String wireName() {
        return wireName;
    }
}
