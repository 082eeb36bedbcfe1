package dev.galatea.textconditioning.embedding;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.id.Sha256;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Names what makes embeddings: two bundles that share it share embeddings. */
public final class EncoderId {

    private EncoderId() {}

    /** The digest of what embeddings depend on in a bundle: text encoder, tokenizer, maximum length and output. */
    public static Sha256 of(BundleManifest manifest) {
        String parts = manifest.file("textEncoder").sha256() + "/"
                + manifest.file("tokenizer").sha256() + "/"
                + manifest.text().maxTokens();
        String output = manifest.text().output();
        if (output != null) {
            parts += "/" + output;
        }
        return Sha256.of(parts.getBytes(UTF_8));
    }
}
