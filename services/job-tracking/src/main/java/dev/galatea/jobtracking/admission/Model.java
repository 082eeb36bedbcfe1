package dev.galatea.jobtracking.admission;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.id.Sha256;

/**
 * A model that jobs may name.
 *
 * @param digest of the manifest's bytes, which pins every file of the model
 * @param reader reads prompts as the model does
 */
public record Model(BundleManifest manifest, Sha256 digest, PromptReader reader) {

    /** A model that reads prompts of any length. */
    public Model(BundleManifest manifest, Sha256 digest) {
        this(manifest, digest, PromptReader.OF_ALL);
    }

    /** The name that prompts use. */
    public String name() {
        return manifest.name();
    }
}
