/**
 * Decodes a clip tile by tile, in bounded memory: pure Java. Tiles of latents overlap in time and space; overlaps are
 * blended with linear ramps; frames leave in order as soon as no later tile can change them.
 */
@NullMarked
package dev.galatea.decoding.tiling;

import org.jspecify.annotations.NullMarked;
