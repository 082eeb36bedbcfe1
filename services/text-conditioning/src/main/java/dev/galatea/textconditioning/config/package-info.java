/** Configuration of the text-conditioning service. */
@NullMarked
package dev.galatea.textconditioning.config;

import org.jspecify.annotations.NullMarked;
