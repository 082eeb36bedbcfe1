/** Estimates of a job's work and of the time that it takes. */
@NullMarked
package dev.galatea.model.work;

import org.jspecify.annotations.NullMarked;
