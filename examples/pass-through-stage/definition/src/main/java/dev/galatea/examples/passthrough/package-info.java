/** Defines the pass-through stage for every service that must know of it. */
@NullMarked
package dev.galatea.examples.passthrough;

import org.jspecify.annotations.NullMarked;
