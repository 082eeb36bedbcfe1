package dev.galatea.textconditioning.embedding;

import java.util.Map;
import java.util.SortedMap;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.BundleManifest.Cleaning;
import dev.galatea.model.bundle.BundleManifest.EncoderPadding;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.bundle.BundleManifest.Text;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Names what makes embeddings: two bundles that share it share embeddings. */
public final class EncoderId {

    private EncoderId() {}

    /**
     * The digest of what embeddings depend on in a bundle: text encoder with its external data, tokenizer, and the
     * rules of the manifest's {@code text} for what the encoder is given.
     *
     * @param encoder the text encoder's file: the bundle's own, or the variant that is opened
     * @param externalData the files with data of the text encoder, by their location in its graph
     */
    public static Sha256 of(BundleManifest manifest, FileEntry encoder, SortedMap<String, FileEntry> externalData) {
        Text text = manifest.text();
        boolean isPlain = externalData.isEmpty() && text.cleaning() == Cleaning.NONE && text.encoderPadding() == null;
        String parts = isPlain ? plain(manifest, encoder) : full(manifest, encoder, externalData);
        return Sha256.of(parts.getBytes(UTF_8));
    }

    /** As ids have been from the start, so that stored embeddings stay valid. */
    private static String plain(BundleManifest manifest, FileEntry encoder) {
        String parts = encoder.sha256() + "/"
                + manifest.file("tokenizer").sha256() + "/"
                + manifest.text().maxTokens();
        String output = manifest.text().output();
        return output == null ? parts : parts + "/" + output;
    }

    /** One part a line, its length before it: no other parts give the same text, and no plain id begins like it. */
    private static String full(BundleManifest manifest, FileEntry encoder, SortedMap<String, FileEntry> externalData) {
        Text text = manifest.text();
        StringBuilder parts = new StringBuilder("text encoder\n");
        append(parts, "model", encoder.sha256());
        append(parts, "tokenizer", manifest.file("tokenizer").sha256());
        append(parts, "maxTokens", text.maxTokens());
        append(parts, "dim", text.dim());
        append(parts, "output", text.output() == null ? "" : text.output());
        append(parts, "cleaning", text.cleaning().wireName());
        EncoderPadding padding = text.encoderPadding();
        if (padding != null) {
            append(parts, "encoderPadding", padding.to() + " " + padding.id() + " " + padding.masked());
        }
        for (Map.Entry<String, FileEntry> data : externalData.entrySet()) {
            append(parts, "location", data.getKey());
            append(parts, "data", data.getValue().sha256());
        }
        return parts.toString();
    }

    private static void append(StringBuilder parts, String name, Object value) {
        String text = value.toString();
        parts.append(name)
                .append(' ')
                .append(text.length())
                .append(' ')
                .append(text)
                .append('\n');
    }
}
