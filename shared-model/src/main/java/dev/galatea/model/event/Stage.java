package dev.galatea.model.event;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Names a stage of the pipeline. An open set: readers keep the names of stages that they don't know, so that a stage
 * can be added without changing them. Which stages there are, and in which order jobs pass them, says
 * {@code dev.galatea.model.pipeline.Pipeline}. Compare with {@code equals}.
 *
 * @param wireName the name in events, metrics and configuration: lower-case words joined by dashes
 */
public record Stage(@JsonValue String wireName) {

    // Before the constants, which are checked by them.
    private static final int MAX_CHARS = 40;
    private static final Pattern WORDS = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    /** Turns prompts into accepted jobs or refusals, in job-tracking. */
    public static final Stage ADMISSION = new Stage("admission");

    /** Turns prompts into embeddings. */
    public static final Stage TEXT_CONDITIONING = new Stage("text-conditioning");

    /** Turns reference media into latents. */
    public static final Stage ENCODING = new Stage("encoding");

    /** Turns noise into latents. */
    public static final Stage DENOISING = new Stage("denoising");

    /** Turns latents into the clip. */
    public static final Stage DECODING = new Stage("decoding");

    /** Makes a clip of more or larger frames out of a decoded one. */
    public static final Stage FINISHING = new Stage("finishing");

    @JsonCreator
    public Stage {
        if (wireName == null) {
            throw new IllegalArgumentException("stage: is missing");
        }
        if (wireName.length() > MAX_CHARS || !WORDS.matcher(wireName).matches()) {
            String shown = wireName.length() > MAX_CHARS ? wireName.substring(0, MAX_CHARS) + "…" : wireName;
            throw new IllegalArgumentException("stage: '" + shown + "' is not a stage's name; valid are up to "
                    + MAX_CHARS + " characters, lower-case words joined by dashes, such as text-conditioning");
        }
    }

    @Override
    public String toString() {
        return wireName;
    }
}
