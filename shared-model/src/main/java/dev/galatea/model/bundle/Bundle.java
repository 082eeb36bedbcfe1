package dev.galatea.model.bundle;

import java.nio.file.Path;
import java.util.SortedMap;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.id.Sha256;

/**
 * A model bundle whose manifest is valid. Its files are verified when they are asked for, so that a service reads only
 * those that it needs. Thread-safe; holds no resources and needs no closing.
 *
 * <p>A file is read for that once in a process, and again when its length or its time of modification is another one:
 * whoever can write to the bundle's directory while the service runs, and set times, is trusted.
 */
public final class Bundle {

    private final BundleManifest manifest;
    private final Sha256 digest;
    private final BundleVerifier verifier;

    Bundle(BundleManifest manifest, Sha256 digest, BundleVerifier verifier) {
        this.manifest = manifest;
        this.digest = digest;
        this.verifier = verifier;
    }

    /** The bundle's manifest. */
    public BundleManifest manifest() {
        return manifest;
    }

    /** The digest of the manifest's bytes, which pins every file of the bundle. */
    public Sha256 digest() {
        return digest;
    }

    /**
     * The file of a role, once its length and digest are known to be those of the manifest, and, for an ONNX file, its
     * external data too.
     *
     * @param role such as {@code denoiser}; see {@link BundleManifest#files()}
     */
    public Path file(String role) throws BundleException {
        return verifier.verify(role, entry(role));
    }

    /**
     * The files that hold data of a role's model outside of its ONNX file, by their location relative to it; empty for
     * a model that holds all of its data itself, and for what is no model. The ONNX file is verified, these are not.
     */
    public SortedMap<String, FileEntry> externalData(String role) throws BundleException {
        return verifier.externalData(role, entry(role));
    }

    private FileEntry entry(String role) throws BundleException {
        FileEntry entry = manifest.files().get(role);
        if (entry == null) {
            throw new BundleException(
                    Code.MISSING_FILE,
                    "files." + role + ": bundle '" + manifest.name() + "' has no such file; valid are "
                            + manifest.files().keySet());
        }
        return entry;
    }

    /** Verifies all files, for tools and tests; services ask for the files that they need. */
    public void verifyAll() throws BundleException {
        for (String role : manifest.files().keySet()) {
            file(role);
        }
    }
}
