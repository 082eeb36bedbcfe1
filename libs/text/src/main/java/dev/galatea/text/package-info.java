/** Prompts as models read them: {@link dev.galatea.text.cleaning cleaned}, and cut into the tokens of their encoder. */
@NullMarked
package dev.galatea.text;

import org.jspecify.annotations.NullMarked;
