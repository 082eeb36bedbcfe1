package dev.galatea.textconditioning.embedding;

import dev.galatea.model.tensor.Tensor;
import dev.galatea.plumbing.failure.PoisonException;
import dev.galatea.plumbing.failure.RetryableException;

/** Makes embeddings of a text. Thread-safe. */
public interface TextEmbedder {

    /** Token embeddings, f32 [L, D]. */
    Tensor embed(String text) throws RetryableException, PoisonException;
}
