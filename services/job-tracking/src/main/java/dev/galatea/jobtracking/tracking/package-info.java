/** The fold of a job's events into its state, as pure functions: only legal moves, duplicates change nothing. */
@NullMarked
package dev.galatea.jobtracking.tracking;

import org.jspecify.annotations.NullMarked;
