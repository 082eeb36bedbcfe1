package dev.galatea.decoding.tiling;

import dev.galatea.model.failure.StageException;

/** Asked before each tile whether to go on. */
public interface TileGate {

    /** Returns to go on; throws to stop. */
    void beforeTile() throws StageException;
}
