/** Drawing decoded pictures larger. */
@NullMarked
package dev.galatea.decoding.upscaling;

import org.jspecify.annotations.NullMarked;
