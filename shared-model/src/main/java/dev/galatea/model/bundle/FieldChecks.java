package dev.galatea.model.bundle;

import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.galatea.model.bundle.BundleException.Code;
import dev.galatea.model.bundle.BundleManifest.FileEntry;

/** Checks of single fields of a manifest, each of which refuses a value by field, value and what is valid. */
class FieldChecks {

    final Path file;

    FieldChecks(Path file) {
        this.file = file;
    }

    final void require(String field, @Nullable Object value) throws BundleException {
        if (value == null) {
            throw new BundleException(Code.MALFORMED_MANIFEST, file + ": " + field + ": is missing");
        }
    }

    final void positive(String field, double value) throws BundleException {
        requireThat(field, value, value > 0 && Double.isFinite(value), "finite numbers above 0");
    }

    final void atLeast(String field, long value, long min) throws BundleException {
        requireThat(field, value, value >= min, min + " and above");
    }

    final void within(String field, int value, int min, int max) throws BundleException {
        requireThat(field, value, value >= min && value <= max, min + " to " + max);
    }

    final void requireThat(String field, @Nullable Object value, boolean fine, String valid) throws BundleException {
        if (!fine) {
            throw invalid(field, value, valid);
        }
    }

    final BundleException invalid(String field, @Nullable Object value, String valid) {
        return new BundleException(
                Code.INVALID_MANIFEST, file + ": " + field + ": is " + value + "; valid are " + valid);
    }

    /** Checks where a file is, and that it has a length and a digest. */
    final void checkFile(String field, FileEntry entry) throws BundleException {
        require(field + ".sha256", entry.sha256());
        atLeast(field + ".bytes", entry.bytes(), 1);
        String path = entry.path();
        String resource = entry.classpath();
        if ((path == null) == (resource == null)) {
            throw new BundleException(
                    Code.INVALID_MANIFEST, file + ": " + field + ": must have either path or classpath");
        }
        Optional<String> problem = ManifestRules.insideProblem(entry.place());
        if (problem.isPresent()) {
            throw new BundleException(
                    Code.ESCAPING_PATH,
                    file + ": " + field + (path != null ? ".path" : ".classpath") + ": '" + entry.place() + "' "
                            + problem.get());
        }
    }
}
