package dev.galatea.model.id;

import java.util.Optional;

/**
 * Names of objects in the store. Results carry their content's digest in the name: attempts that make the same bytes
 * write the same object, and a late attempt of a stalled worker can never replace what an event already points at.
 */
public final class ObjectKeys {

    private static final int DIGEST_CHARS = 16;
    private static final String EMBEDDINGS_SUFFIX = ".safetensors";

    private ObjectKeys() {}

    /** Returns the prefix of all objects of one job. */
    public static String jobPrefix(JobId jobId) {
        return "jobs/" + jobId + "/";
    }

    /** Media that somebody uploaded for a job to start from. */
    public static String upload(JobId jobId, Sha256 content) {
        return of(jobId, ObjectKind.UPLOAD) + shorten(content);
    }

    /** The latents of the media that a job starts from. */
    public static String reference(JobId jobId, Sha256 content) {
        return of(jobId, ObjectKind.REFERENCE) + shorten(content) + ".safetensors";
    }

    /** The frames of the video that a job continues. */
    public static String source(JobId jobId, Sha256 content) {
        return of(jobId, ObjectKind.SOURCE) + shorten(content) + ".rgb";
    }

    /** The clean latents. */
    public static String latents(JobId jobId, Sha256 content) {
        return of(jobId, ObjectKind.LATENTS) + shorten(content) + ".safetensors";
    }

    /** All checkpoints of a job lie under this prefix. */
    public static String checkpoints(JobId jobId) {
        return of(jobId, ObjectKind.CHECKPOINT);
    }

    /** The state of the sampler after {@code step}; the whole digest, because it is found by its name alone. */
    public static String checkpoint(JobId jobId, int step, Sha256 content) {
        return checkpoints(jobId) + step + "-" + content + ".safetensors";
    }

    /** A picture of the estimate after {@code step}. */
    public static String preview(JobId jobId, int step) {
        return of(jobId, ObjectKind.PREVIEW) + step + ".jpg";
    }

    /** The clip. */
    public static String clip(JobId jobId, Sha256 content) {
        return of(jobId, ObjectKind.CLIP) + shorten(content) + ".mp4";
    }

    /** The clip's thumbnail. */
    public static String thumbnail(JobId jobId, Sha256 content) {
        return of(jobId, ObjectKind.THUMBNAIL) + shorten(content) + ".jpg";
    }

    /** Small pictures of the clip. */
    public static String spritesheet(JobId jobId, Sha256 content) {
        return of(jobId, ObjectKind.SPRITESHEET) + shorten(content) + ".jpg";
    }

    /**
     * A text's embeddings, shared by all jobs with that text and encoder. The name carries the whole digest of the
     * content, so that who finds the object can refer to it without having made it.
     */
    public static String embeddings(Sha256 encoder, Sha256 text, Sha256 content) {
        return embeddingsPrefix(encoder, text) + content + EMBEDDINGS_SUFFIX;
    }

    /** All embeddings of a text by an encoder lie under this prefix: one, or several if machines differ in rounding. */
    public static String embeddingsPrefix(Sha256 encoder, Sha256 text) {
        return ObjectKind.EMBEDDINGS.prefix() + shorten(encoder) + "/" + text + "/";
    }

    /** The digest of the content that a key of {@link #embeddings} carries; empty if the key is not of that form. */
    public static Optional<Sha256> embeddingsContent(String key) {
        String name = key.substring(key.lastIndexOf('/') + 1);
        try {
            return name.endsWith(EMBEDDINGS_SUFFIX)
                    ? Optional.of(new Sha256(name.substring(0, name.length() - EMBEDDINGS_SUFFIX.length())))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String of(JobId jobId, ObjectKind kind) {
        return jobPrefix(jobId) + kind.prefix();
    }

    private static String shorten(Sha256 digest) {
        return digest.hex().substring(0, DIGEST_CHARS);
    }
}
