/** The latent decoder in ONNX Runtime. */
@NullMarked
package dev.galatea.decoding.onnx;

import org.jspecify.annotations.NullMarked;
