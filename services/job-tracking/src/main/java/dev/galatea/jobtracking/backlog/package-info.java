/**
 * The backlog of each stage, in jobs and in estimated seconds of work, by which pools of workers are scaled. Measured
 * here because job-tracking runs even when a stage has no workers, and the broker's share groups have no lag that other
 * tools can read.
 */
@NullMarked
package dev.galatea.jobtracking.backlog;

import org.jspecify.annotations.NullMarked;
