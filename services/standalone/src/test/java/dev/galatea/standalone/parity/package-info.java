/** The services' own classes, from prompt to frames, against what diffusers makes of the same weights. */
@NullMarked
package dev.galatea.standalone.parity;

import org.jspecify.annotations.NullMarked;
