/** Tests of tokens. */
@NullMarked
package dev.galatea.text;

import org.jspecify.annotations.NullMarked;
