package dev.galatea.model.id;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Names of objects in the store. Results carry their content's digest in the name: attempts that make the same bytes
 * write the same object, and a late attempt of a stalled worker can never replace what an event already points at.
 */
public final class ObjectKeys {

    /** The most jobs that one upload may be shared by. */
    public static final int SHARERS = 8;

    private static final int DIGEST_CHARS = 16;
    private static final int SHARER_BYTES = 12;
    private static final Pattern SHARED = Pattern.compile(
            "jobs/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}" + "/upload-[0-9a-f]{16}((?:\\.[A-Za-z0-9_-]{16}){1,7})");
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

    /**
     * Media that somebody uploaded for several jobs to start from. They lie with the first one, and the name tells who
     * else may start from them, so that a prompt can't join in: it would have to find an id with the same digest.
     *
     * @param jobs at least one, at most {@link #SHARERS}
     */
    public static String upload(List<JobId> jobs, Sha256 content) {
        if (jobs.isEmpty() || jobs.size() > SHARERS) {
            throw new IllegalArgumentException(
                    "jobs: " + jobs.size() + " can't share an upload; valid are 1 to " + SHARERS);
        }
        return jobs.stream()
                .skip(1)
                .map(job -> "." + sharer(job))
                .collect(Collectors.joining("", upload(jobs.get(0), content), ""));
    }

    /** Tells whether an upload is shared by several jobs. */
    public static boolean isShared(String key) {
        return SHARED.matcher(key).matches();
    }

    /** Tells whether a job may start from an upload that lies with another one. */
    public static boolean isSharedWith(JobId jobId, String key) {
        Matcher shared = SHARED.matcher(key);
        return shared.matches() && List.of(shared.group(1).split("\\.")).contains(sharer(jobId));
    }

    /** What stands for a job in the name of an upload that lies with another one: 96 bits, 16 letters of base64url. */
    private static String sharer(JobId jobId) {
        byte[] digest = HexFormat.of()
                .parseHex(Sha256.of(("galatea/upload/" + jobId).getBytes(UTF_8)).hex());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, SHARER_BYTES));
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
