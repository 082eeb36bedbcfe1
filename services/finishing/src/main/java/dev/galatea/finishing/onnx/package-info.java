/** Interpolators and upscalers in ONNX Runtime. */
@NullMarked
package dev.galatea.finishing.onnx;

import org.jspecify.annotations.NullMarked;
