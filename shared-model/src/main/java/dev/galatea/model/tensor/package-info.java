/** Tensors on the wire: references that events carry, and the safetensors codec for what they point at. */
@NullMarked
package dev.galatea.model.tensor;

import org.jspecify.annotations.NullMarked;
