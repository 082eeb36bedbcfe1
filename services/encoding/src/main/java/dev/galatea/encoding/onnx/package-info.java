/** The latent encoder in ONNX Runtime. */
@NullMarked
package dev.galatea.encoding.onnx;

import org.jspecify.annotations.NullMarked;
