/** The denoising stage: takes conditioned prompts from the work queue, gives clean latents. */
@NullMarked
package dev.galatea.denoising;

import org.jspecify.annotations.NullMarked;
