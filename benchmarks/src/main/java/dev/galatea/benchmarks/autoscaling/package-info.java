/** Simulates the number of workers that Kubernetes would run, by the manifests' rules on the gauge's estimates. */
@NullMarked
package dev.galatea.benchmarks.autoscaling;

import org.jspecify.annotations.NullMarked;
