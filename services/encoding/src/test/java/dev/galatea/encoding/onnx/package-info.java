@NullMarked
package dev.galatea.encoding.onnx;

import org.jspecify.annotations.NullMarked;
