@NullMarked
package dev.galatea.encoding.media;

import org.jspecify.annotations.NullMarked;
