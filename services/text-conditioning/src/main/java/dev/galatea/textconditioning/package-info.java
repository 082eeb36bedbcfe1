/**
 * Prompts to embeddings. Takes {@code video.job.accepted.v1}; stores the embeddings of prompt and negative prompt, once
 * for each text and encoder; gives {@code video.prompt.conditioned.v1} with references to them. Any job may be taken
 * twice: the same objects and the same event come of it.
 */
@NullMarked
package dev.galatea.textconditioning;

import org.jspecify.annotations.NullMarked;
