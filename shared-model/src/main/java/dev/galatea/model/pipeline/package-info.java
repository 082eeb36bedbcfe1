/**
 * The pipeline as data: which stages there are, in which order jobs pass them, and what is particular to each. Whoever
 * needs to know asks {@link dev.galatea.model.pipeline.Pipeline#current()}; nothing else lists the stages.
 */
@NullMarked
package dev.galatea.model.pipeline;

import org.jspecify.annotations.NullMarked;
