package dev.galatea.clips;

/** Follows the making of a clip. */
public interface ClipProgress {

    /** The first {@code done} of {@code all} frames are in the encoder. */
    void framesDone(int done, int all);

    /** The files are complete; so many bytes go into the store. */
    void uploading(long bytes);
}
