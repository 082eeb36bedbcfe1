package dev.galatea.model.event;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.tensor.ObjectRef;

/**
 * The objects in the store that a prompt may name as reference media: what was uploaded for its own job, also if it is
 * one of several that share it, and clips by their digest. Everything else has one answer, whether it exists or not, so
 * that nobody learns from it what lies in the store.
 */
public final class ReferenceAccess {

    /** The code of the one answer. */
    public static final String CODE = "reference_not_available";

    /** The one answer. */
    public static final String PROBLEM = "is not an object that this job may start from; valid is an upload,"
            + " jobs/<job id>/upload-…, or the clip of a video, with the length and the SHA-256 that it has";

    private static final String UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final Pattern UPLOAD = Pattern.compile("jobs/(" + UUID + ")/upload-[A-Za-z0-9._-]{1,160}");
    private static final Pattern CLIP = Pattern.compile("jobs/(" + UUID + ")/clip-[0-9a-f]+\\.mp4");

    private ReferenceAccess() {}

    /**
     * Tells whether a job may start from an object; whether it is there, and is what it should be, is not known here.
     */
    public static boolean isAllowed(JobId job, ObjectRef object) {
        if (isUploadOf(job, object.key())) {
            return true;
        }
        Matcher clip = CLIP.matcher(object.key());
        return clip.matches() && object.key().equals(ObjectKeys.clip(JobId.parse(clip.group(1)), object.sha256()));
    }

    private static boolean isUploadOf(JobId job, String key) {
        if (ObjectKeys.isSharedWith(job, key)) {
            return true;
        }
        Matcher own = UPLOAD.matcher(key);
        return own.matches() && own.group(1).equals(job.toString());
    }
}
