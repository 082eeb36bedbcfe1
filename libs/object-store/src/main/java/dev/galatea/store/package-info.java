/** The object store: claim checks for what is too large for an event. */
@NullMarked
package dev.galatea.store;

import org.jspecify.annotations.NullMarked;
