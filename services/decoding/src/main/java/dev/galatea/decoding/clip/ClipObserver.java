package dev.galatea.decoding.clip;

import dev.galatea.clips.ClipProgress;
import dev.galatea.decoding.tiling.TileGate;

/** Follows the decoding of a clip, and may stop it between two tiles. */
public interface ClipObserver extends TileGate, ClipProgress {}
