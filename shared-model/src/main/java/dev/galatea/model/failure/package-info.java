/** The reasons for which work does not succeed, sealed by the reaction to them. */
@NullMarked
package dev.galatea.model.failure;

import org.jspecify.annotations.NullMarked;
