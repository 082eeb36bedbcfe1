/** Configuration of the finishing service. */
@NullMarked
package dev.galatea.finishing.config;

import org.jspecify.annotations.NullMarked;
