/** Tests of prompts' cleaning. */
@NullMarked
package dev.galatea.textconditioning.cleaning;

import org.jspecify.annotations.NullMarked;
