package dev.galatea.decoding.tiling;

import dev.galatea.model.failure.StageException;

/** Decides before each tile whether decoding goes on. */
public interface TileGate {

    /** Returns to go on; throws to stop. */
    void beforeTile() throws StageException;
}
