/** The frames of a clip, one after the other. */
@NullMarked
package dev.galatea.clips.frames;

import org.jspecify.annotations.NullMarked;
