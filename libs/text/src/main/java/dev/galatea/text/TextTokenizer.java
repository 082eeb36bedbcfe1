package dev.galatea.text;

import java.io.IOException;
import java.nio.file.Path;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;

/** Hugging Face's tokenizer, from a file, fully offline. Thread-safe. */
public final class TextTokenizer implements AutoCloseable {

    static {
        // Read when DJL's classes load: look for no other native build than the bundled one, and tell nobody of our
        // use.
        setDefault("ai.djl.offline", "true");
        setDefault("OPT_OUT_TRACKING", "true");
        setDefault("RUST_FLAVOR", "cpu");
    }

    private final HuggingFaceTokenizer tokenizer;

    private TextTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Reads a {@code tokenizer.json}; its own truncation and padding don't count.
     *
     * @param maxTokens longer texts are cut, the closing special token stays
     */
    public static TextTokenizer open(Path file, int maxTokens) throws IOException {
        return new TextTokenizer(
                unpadded(file).optTruncation(true).optMaxLength(maxTokens).build());
    }

    /** As {@link #open}, but whole texts are taken, however long they are. */
    static TextTokenizer openUncut(Path file) throws IOException {
        return new TextTokenizer(unpadded(file).optTruncation(false).build());
    }

    private static HuggingFaceTokenizer.Builder unpadded(Path file) {
        return HuggingFaceTokenizer.builder()
                .optTokenizerPath(file)
                .optAddSpecialTokens(true)
                .optPadding(false);
    }

    /** The tokens of a text with their places in it. */
    Encoding encode(String text) {
        return tokenizer.encode(text);
    }

    /** Token ids with special tokens, unpadded. */
    public long[] tokenize(String text) {
        Encoding encoding = tokenizer.encode(text);
        return encoding.getIds();
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private static void setDefault(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
