@NullMarked
package dev.galatea.decoding.upscaling;

import org.jspecify.annotations.NullMarked;
