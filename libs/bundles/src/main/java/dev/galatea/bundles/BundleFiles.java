package dev.galatea.bundles;

import java.nio.file.Path;
import java.util.SortedMap;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;
import dev.galatea.model.bundle.ChosenFile;
import dev.galatea.model.bundle.ExecutionProvider;
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

    /** The verified file that was chosen for a role; see {@link Bundle#file(ChosenFile)}. */
    public static Path verified(Bundle bundle, ChosenFile file) throws PoisonException, RetryableException {
        try {
            return bundle.file(file);
        } catch (BundleException e) {
            throw retryable(e);
        }
    }

    /**
     * The file that serves a role on a provider; see {@link Bundle#choose}.
     *
     * @param provider null to have no variant
     */
    public static ChosenFile choose(Bundle bundle, String role, @Nullable ExecutionProvider provider)
            throws PoisonException, RetryableException {
        try {
            return bundle.choose(role, provider);
        } catch (BundleException e) {
            throw retryable(e);
        }
    }

    /** The files with data of a model outside of its ONNX file; see {@link Bundle#externalData}. */
    public static SortedMap<String, FileEntry> externalData(Bundle bundle, ChosenFile file)
            throws PoisonException, RetryableException {
        try {
            return bundle.externalData(file);
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
