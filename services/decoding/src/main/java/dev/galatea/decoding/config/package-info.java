/** Configuration of the decoding service. */
@NullMarked
package dev.galatea.decoding.config;

import org.jspecify.annotations.NullMarked;
