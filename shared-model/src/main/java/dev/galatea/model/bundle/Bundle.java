package dev.galatea.model.bundle;

import java.nio.file.Path;
import java.util.SortedMap;

import org.jspecify.annotations.Nullable;

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
     * The role's own file, once its length and digest are known to be those of the manifest, and, for an ONNX file, its
     * external data too.
     *
     * @param role such as {@code denoiser}; see {@link BundleManifest#files()}
     */
    public Path file(String role) throws BundleException {
        return file(own(role));
    }

    /** A file that {@link #choose} chose, verified as {@link #file(String)} verifies. */
    public Path file(ChosenFile file) throws BundleException {
        return verifier.verify(file);
    }

    /**
     * The file that serves a role on a provider: the first variant that is for it, or else the role's own.
     *
     * @param provider null to have no variant
     */
    public ChosenFile choose(String role, @Nullable ExecutionProvider provider) throws BundleException {
        requireRole(role);
        return provider == null ? ChosenFile.own(manifest, role) : ChosenFile.of(manifest, role, provider);
    }

    /**
     * The files that hold data of a role's model outside of its ONNX file, by their location relative to it; empty for
     * a model that holds all of its data itself, and for what is no model. The ONNX file is verified, these are not.
     */
    public SortedMap<String, FileEntry> externalData(String role) throws BundleException {
        return externalData(own(role));
    }

    /** The same of a file that {@link #choose} chose. */
    public SortedMap<String, FileEntry> externalData(ChosenFile file) throws BundleException {
        return verifier.externalData(file);
    }

    private ChosenFile own(String role) throws BundleException {
        return choose(role, null);
    }

    private void requireRole(String role) throws BundleException {
        if (!manifest.files().containsKey(role)) {
            throw new BundleException(
                    Code.MISSING_FILE,
                    "files." + role + ": bundle '" + manifest.name() + "' has no such file; valid are "
                            + manifest.files().keySet());
        }
    }

    /** Verifies all files with all variants, for tools and tests; services ask for the files that they need. */
    public void verifyAll() throws BundleException {
        for (ChosenFile file : ChosenFile.all(manifest)) {
            file(file);
        }
    }
}
