package dev.galatea.textconditioning.encoder;

import java.io.IOException;
import java.nio.file.Path;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;

/** Hugging Face's tokenizer, from a file, fully offline. Thread-safe. */
final class TextTokenizer implements AutoCloseable {

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
    static TextTokenizer open(Path file, int maxTokens) throws IOException {
        return new TextTokenizer(HuggingFaceTokenizer.builder()
                .optTokenizerPath(file)
                .optAddSpecialTokens(true)
                .optTruncation(true)
                .optMaxLength(maxTokens)
                .optPadding(false)
                .build());
    }

    /** Token ids with special tokens, unpadded. */
    long[] tokenize(String text) {
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
