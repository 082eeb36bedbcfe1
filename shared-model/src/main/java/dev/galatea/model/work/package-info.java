/** How much work a job is, and how long such work takes. */
@NullMarked
package dev.galatea.model.work;

import org.jspecify.annotations.NullMarked;
