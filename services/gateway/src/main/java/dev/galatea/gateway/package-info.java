/**
 * The HTTP door. Takes requests in the {@code /v1/videos} dialect, gives prompt events and commands; answers from the
 * compacted job states, so any replica can answer for any job. Decides nothing about prompts: admission is
 * job-tracking's.
 */
@NullMarked
package dev.galatea.gateway;

import org.jspecify.annotations.NullMarked;
