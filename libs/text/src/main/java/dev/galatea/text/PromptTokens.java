package dev.galatea.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.jni.CharSpan;

import dev.galatea.model.bundle.BundleManifest.Text;
import dev.galatea.text.cleaning.PromptCleaning;

/**
 * Counts the tokens of prompts with a bundle's own tokenizer, after its cleaning, and finds what a model does not read.
 * Thread-safe.
 */
public final class PromptTokens implements AutoCloseable {

    private final TextTokenizer tokenizer;
    private final Text text;

    private PromptTokens(TextTokenizer tokenizer, Text text) {
        this.tokenizer = tokenizer;
        this.text = text;
    }

    /**
     * A prompt that is too long for its model.
     *
     * @param tokens of the whole prompt, with the special ones
     * @param read tokens that the model reads, with the special ones
     * @param kept the beginning of the prompt, as far as the model reads it; cleaned, if the model's prompts are
     */
    public record Excess(int tokens, int read, String kept) {}

    /** Opens a bundle's tokenizer; the caller has verified the file. */
    public static PromptTokens open(Path tokenizer, Text text) throws IOException {
        return new PromptTokens(TextTokenizer.openUncut(tokenizer), text);
    }

    /** Returns what a model does not read of a prompt; empty if it reads all. */
    public Optional<Excess> excess(String prompt) {
        String cleaned = PromptCleaning.clean(text.cleaning(), prompt);
        Encoding encoding = tokenizer.encode(cleaned);
        int tokens = encoding.getIds().length;
        if (tokens <= text.maxTokens()) {
            return Optional.empty();
        }
        List<CharSpan> places = places(encoding);
        int room = Math.max(0, text.maxTokens() - (tokens - places.size()));
        int end = room == 0 ? 0 : places.get(Math.min(room, places.size()) - 1).getEnd();
        return Optional.of(new Excess(tokens, text.maxTokens(), beginning(cleaned, end)));
    }

    /** The places of all tokens but the special ones, which are put in and stand nowhere. */
    private static List<CharSpan> places(Encoding encoding) {
        long[] special = encoding.getSpecialTokenMask();
        CharSpan[] spans = encoding.getCharTokenSpans();
        List<CharSpan> places = new ArrayList<>();
        for (int i = 0; i < special.length; i++) {
            if (special[i] == 0 && spans[i] != null) {
                places.add(spans[i]);
            }
        }
        return places;
    }

    /** @param end in code points, as the tokenizer counts */
    private static String beginning(String cleaned, int end) {
        int length = cleaned.codePointCount(0, cleaned.length());
        return cleaned.substring(0, cleaned.offsetByCodePoints(0, Math.min(end, length)));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
