/** Configuration of the encoding service. */
@NullMarked
package dev.galatea.encoding.config;

import org.jspecify.annotations.NullMarked;
