/** Text to token embeddings: Hugging Face tokenizer and text encoder in ONNX Runtime, both from the bundle's files. */
@NullMarked
package dev.galatea.textconditioning.encoder;

import org.jspecify.annotations.NullMarked;
