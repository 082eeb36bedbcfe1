/** How many workers Kubernetes would run, second by second: the manifests' rules on the gauge's estimates. */
@NullMarked
package dev.galatea.benchmarks.autoscaling;

import org.jspecify.annotations.NullMarked;
