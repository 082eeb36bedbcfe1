@NullMarked
package dev.galatea.decoding;

import org.jspecify.annotations.NullMarked;
