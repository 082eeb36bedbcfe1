/** Why work did not succeed, sealed by what is to be done about it. */
@NullMarked
package dev.galatea.model.failure;

import org.jspecify.annotations.NullMarked;
