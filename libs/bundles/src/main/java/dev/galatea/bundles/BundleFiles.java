package dev.galatea.bundles;

import java.nio.file.Path;

import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleException;
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
            String code = e.code().wireName();
            if (e.code() == BundleException.Code.UNREADABLE) {
                throw new RetryableException(code, e.getMessage(), e);
            }
            throw new PoisonException(code, e.getMessage(), e);
        }
    }
}
