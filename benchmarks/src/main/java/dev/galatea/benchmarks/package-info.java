/**
 * Benchmarks that drive the packaged system from outside, as a user would: prompt events in by Kafka, finished-video
 * events out, metrics by HTTP. Figures and the commands that made them are in {@code benchmarks/RESULTS.md}.
 */
@NullMarked
package dev.galatea.benchmarks;

import org.jspecify.annotations.NullMarked;
