@NullMarked
package dev.galatea.clips;

import org.jspecify.annotations.NullMarked;
