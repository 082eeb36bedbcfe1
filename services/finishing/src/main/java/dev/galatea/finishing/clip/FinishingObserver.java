package dev.galatea.finishing.clip;

import dev.galatea.clips.ClipProgress;
import dev.galatea.model.failure.StageException;

/** Follows the finishing of a clip, and may stop it between two frames. */
public interface FinishingObserver extends ClipProgress {

    /** Returns to go on; throws to stop. */
    void beforeFrame() throws StageException;
}
