@NullMarked
package dev.galatea.decoding.tiling;

import org.jspecify.annotations.NullMarked;
