package dev.galatea.model.bundle;

import java.nio.file.Path;

import dev.galatea.model.bundle.BundleManifest.FileEntry;

/** Brings files of a bundle to its directory. Thread-safe. */
@FunctionalInterface
public interface FileProvider {

    /**
     * Brings a file that is not in its place, or is not what the manifest says.
     *
     * @param what names it in messages
     * @param entry with a path
     * @param file where it is, of the entry's length and digest, when this returns
     */
    void bring(String what, FileEntry entry, Path file) throws BundleException;
}
