/** Calls over HTTP to where somebody else says, and nowhere near. */
@NullMarked
package dev.galatea.guardedhttp;

import org.jspecify.annotations.NullMarked;
