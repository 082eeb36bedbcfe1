package dev.galatea.bundles.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleManifest.FileEntry;

/**
 * A place with one directory per bundle. Thread-safe. An {@link IOException} may pass when it is tried again; a
 * {@link BundleException} says that what lies there is not what it should be.
 */
public interface BundleSource {

    /** The names of the directories with a manifest, sorted. */
    List<String> directories() throws IOException;

    /** The bytes of a manifest, which is longer than valid ones if it has one byte more than they may have. */
    byte[] manifest(String directory) throws IOException, BundleException;

    /**
     * The bytes of a file from {@code offset} on; the caller closes the stream.
     *
     * @param entry with a path, and more than {@code offset} bytes
     */
    InputStream open(String directory, FileEntry entry, long offset) throws IOException, BundleException;
}
