package dev.galatea.jobtracking.admission;

import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.id.Sha256;

/**
 * A model that jobs may name.
 *
 * @param digest of the manifest's bytes, which pins every file of the model
 */
public record Model(BundleManifest manifest, Sha256 digest) {

    /** The name that prompts use. */
    public String name() {
        return manifest.name();
    }
}
