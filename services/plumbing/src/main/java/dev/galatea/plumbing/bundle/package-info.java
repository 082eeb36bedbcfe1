/** Verified model bundles on local disk. */
@NullMarked
package dev.galatea.plumbing.bundle;

import org.jspecify.annotations.NullMarked;
