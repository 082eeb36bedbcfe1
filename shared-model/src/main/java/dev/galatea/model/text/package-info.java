/** Texts from outside, before people see them. */
@NullMarked
package dev.galatea.model.text;

import org.jspecify.annotations.NullMarked;
