package dev.galatea.model.event;

/** A record is not an event of the type that its topic carries; trying again can't help. */
public final class MalformedEventException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** The faults that a record can have; the wire name goes into dead letters. */
    public enum Reason {
        /** A required {@code ce_*} header is absent. */
        MISSING_HEADER("missing_header"),
        /** The CloudEvents specification's version is not 1.0. */
        UNKNOWN_VERSION("unknown_version"),
        /** The CloudEvents type is not the one that the topic carries: another type, or a version we don't know. */
        UNKNOWN_TYPE("unknown_type"),
        /** The payload is not JSON, or a field is missing or not of its type. */
        MALFORMED_PAYLOAD("malformed_payload"),
        /** The payload is longer than an event may be. */
        TOO_LARGE("too_large"),
        /** Record key and payload name different jobs. */
        KEY_MISMATCH("key_mismatch");

        private final String wireName;

        Reason(String wireName) {
            this.wireName = wireName;
        }

        /** The name in dead letters. */
        public String wireName() {
            return wireName;
        }
    }

    public MalformedEventException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public MalformedEventException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Returns the record's fault, for programs. */
    public Reason reason() {
        return reason;
    }
}
