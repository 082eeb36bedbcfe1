/**
 * Diffusion sampling in plain Java: seeded noise, schedulers, guidance and the loop over a denoiser that somebody else
 * runs. All arithmetic is 32-bit, in a fixed order, so that the same inputs give the same bits on every machine.
 */
@NullMarked
package dev.galatea.denoising.diffusion;

import org.jspecify.annotations.NullMarked;
