@NullMarked
package dev.galatea.encoding;

import org.jspecify.annotations.NullMarked;
