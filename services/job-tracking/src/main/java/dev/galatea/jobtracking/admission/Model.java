package dev.galatea.jobtracking.admission;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.event.Pool;
import dev.galatea.model.id.Sha256;

/**
 * A model that jobs may name.
 *
 * @param digest of the manifest's bytes, which pins every file of the model
 * @param reader reads prompts as the model does
 * @param pool the workers that serve it
 */
public record Model(BundleManifest manifest, Sha256 digest, PromptReader reader, Pool pool) {

    /** A model that reads prompts of any length. */
    public Model(BundleManifest manifest, Sha256 digest) {
        this(manifest, digest, PromptReader.OF_ALL);
    }

    /** A model that the workers of the default pool serve. */
    public Model(BundleManifest manifest, Sha256 digest, PromptReader reader) {
        this(manifest, digest, reader, Pool.DEFAULT);
    }

    /** The name that prompts use. */
    public String name() {
        return manifest.name();
    }
}
