/** Tests of prompts' cleaning. */
@NullMarked
package dev.galatea.text.cleaning;

import org.jspecify.annotations.NullMarked;
