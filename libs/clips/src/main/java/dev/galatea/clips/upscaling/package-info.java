/** Drawing pictures larger. */
@NullMarked
package dev.galatea.clips.upscaling;

import org.jspecify.annotations.NullMarked;
