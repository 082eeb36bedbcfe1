package dev.galatea.textconditioning.embedding;

import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.tensor.Tensor;

/** Makes embeddings of a text. Thread-safe. */
public interface TextEmbedder {

    /** Token embeddings, f32 [L, D]. */
    Tensor embed(String text) throws RetryableException, PoisonException;
}
