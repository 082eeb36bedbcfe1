package dev.galatea.bundles;

import java.nio.file.Path;
import java.util.SortedMap;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.failure.PoisonException;
import dev.galatea.model.failure.RetryableException;

/** Files of bundles, with failures as stages know them. */
public final class BundleFiles {

    private BundleFiles() {}

    /** The verified file of a role; see {@link Bundle#file}. */
    public static Path verified(Bundle bundle, String role) throws PoisonException, RetryableException {
        try {
            return bundle.file(role);
        } catch (BundleException e) {
            throw retryable(e);
        }
    }

    /** The files with data of a role's model outside of its ONNX file; see {@link Bundle#externalData}. */
    public static SortedMap<String, FileEntry> externalData(Bundle bundle, String role)
            throws PoisonException, RetryableException {
        try {
            return bundle.externalData(role);
        } catch (BundleException e) {
            throw retryable(e);
        }
    }

    private static RetryableException retryable(BundleException e) throws PoisonException {
        String code = e.code().wireName();
        if (e.code() != Code.UNREADABLE && e.code() != Code.NO_SPACE) {
            throw new PoisonException(code, e.getMessage(), e);
        }
        return new RetryableException(code, e.getMessage(), e);
    }
}
