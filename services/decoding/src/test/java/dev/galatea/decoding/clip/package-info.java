@NullMarked
package dev.galatea.decoding.clip;

import org.jspecify.annotations.NullMarked;
