package dev.galatea.model.bundle;

/**
 * A model bundle can't be used. The message names the file, the field, its value and what would be valid; it is fit for
 * people and logs.
 */
public final class BundleException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Code code;

    /** The kinds of faults of a bundle, by the names that failures and metrics use. */
    public enum Code {
        /** The manifest is absent, not JSON, or lacks a field. */
        MALFORMED_MANIFEST("bundle_manifest_malformed"),
        /** A field of the manifest has a value that is not valid. */
        INVALID_MANIFEST("bundle_manifest_invalid"),
        /** A file of the manifest is not there, or there is no such role. */
        MISSING_FILE("bundle_file_missing"),
        /** A path leaves the bundle's directory. */
        ESCAPING_PATH("bundle_path_escapes"),
        /** A file has another length than the manifest says. */
        LENGTH_MISMATCH("bundle_length_mismatch"),
        /** A file has another digest than the manifest says. */
        DIGEST_MISMATCH("bundle_digest_mismatch"),
        /** An ONNX file is not well-formed. */
        MALFORMED_MODEL("bundle_model_malformed"),
        /** An ONNX file keeps data in a file that the manifest does not list. */
        EXTERNAL_DATA("bundle_external_data"),
        /** A denoiser's attention would take more memory than any machine has to spare for it. */
        ATTENTION_MEMORY("bundle_attention_memory"),
        /** There is a bundle of the same name. */
        ALREADY_THERE("bundle_already_there"),
        /** A disk has no room for a file. */
        NO_SPACE("bundle_no_space"),
        /** A file can't be read; trying again may help. */
        UNREADABLE("bundle_unreadable");

        private final String wireName;

        Code(String wireName) {
            this.wireName = wireName;
        }

        /** The name in failures. */
        public String wireName() {
            return wireName;
        }
    }

    public BundleException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public BundleException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The kind of the fault, for programs. */
    public Code code() {
        return code;
    }
}
