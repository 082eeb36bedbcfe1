/** Verified model bundles on local disk. */
@NullMarked
package dev.galatea.bundles;

import org.jspecify.annotations.NullMarked;
