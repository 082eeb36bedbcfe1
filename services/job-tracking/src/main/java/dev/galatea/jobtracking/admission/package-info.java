/** Admission, the only one for every door: a submitted prompt becomes a complete spec or a refusal. Pure Java. */
@NullMarked
package dev.galatea.jobtracking.admission;

import org.jspecify.annotations.NullMarked;
