/** How files of reference media begin, as every service that looks at them has to see it. */
@NullMarked
package dev.galatea.model.media;

import org.jspecify.annotations.NullMarked;
