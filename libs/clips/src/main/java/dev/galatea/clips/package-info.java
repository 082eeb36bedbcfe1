/**
 * What stages that make clips have in common: frames to an MP4, a thumbnail and a sprite sheet, and these into the
 * store.
 */
@NullMarked
package dev.galatea.clips;

import org.jspecify.annotations.NullMarked;
