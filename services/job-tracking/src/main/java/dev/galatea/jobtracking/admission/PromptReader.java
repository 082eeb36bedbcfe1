package dev.galatea.jobtracking.admission;

import java.util.Optional;

/** Reads prompts as a model's text encoder does. Thread-safe. */
@FunctionalInterface
public interface PromptReader {

    /** Reads everything. */
    PromptReader OF_ALL = text -> Optional.empty();

    /** Returns what the model does not read of a text; empty if it reads all, or that can't be told now. */
    Optional<Unread> unread(String text);

    /**
     * A text that is longer than the model reads.
     *
     * @param tokens of the whole text
     * @param read tokens that the model reads
     * @param kept the beginning, as far as it is read
     */
    record Unread(int tokens, int read, String kept) {}
}
