/** The noise of a job's seed, which all stages draw alike. */
@NullMarked
package dev.galatea.model.noise;

import org.jspecify.annotations.NullMarked;
