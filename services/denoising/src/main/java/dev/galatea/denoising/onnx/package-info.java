/** Runs the networks of a bundle: the denoiser as the diffusion package wants it, and the decoder for previews. */
@NullMarked
package dev.galatea.denoising.onnx;

import org.jspecify.annotations.NullMarked;
