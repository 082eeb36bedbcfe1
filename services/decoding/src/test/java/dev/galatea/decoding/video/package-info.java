@NullMarked
package dev.galatea.decoding.video;

import org.jspecify.annotations.NullMarked;
