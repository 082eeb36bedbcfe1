/** Embeddings in the object store, made once for each text and encoder: pure of channels and models. */
@NullMarked
package dev.galatea.textconditioning.embedding;

import org.jspecify.annotations.NullMarked;
