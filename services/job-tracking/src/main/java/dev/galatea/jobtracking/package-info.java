/**
 * The life of every job. Takes submitted prompts, commands, stage events and progress; gives an acceptance or a
 * refusal, the compacted job states and exactly one terminal event per job id (for readers at isolation level
 * read_committed).
 */
@NullMarked
package dev.galatea.jobtracking;

import org.jspecify.annotations.NullMarked;
