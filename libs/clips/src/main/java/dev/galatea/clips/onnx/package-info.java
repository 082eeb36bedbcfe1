/** Upscalers in ONNX Runtime. */
@NullMarked
package dev.galatea.clips.onnx;

import org.jspecify.annotations.NullMarked;
