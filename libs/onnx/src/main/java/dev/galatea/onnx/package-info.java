/** ONNX Runtime for every stage: sessions with one set of options, a checked interface, counted seconds. */
@NullMarked
package dev.galatea.onnx;

import org.jspecify.annotations.NullMarked;
