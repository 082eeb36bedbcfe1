package dev.galatea.decoding.clip;

import dev.galatea.decoding.tiling.TileGate;

/** Follows the decoding of a clip, and may stop it between two tiles. */
public interface ClipObserver extends TileGate {

    /** The first {@code done} of {@code all} frames are in the encoder. */
    void framesDone(int done, int all);

    /** The files are complete; so many bytes go into the store. */
    void uploading(long bytes);
}
