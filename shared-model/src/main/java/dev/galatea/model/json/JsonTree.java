package dev.galatea.model.json;

import java.io.IOException;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Reads JSON from outside as a tree. Thread-safe. */
public final class JsonTree {

    /** What is wrong with a document that Jackson's limits refuse, which is JSON all the same. */
    public static final String BEYOND_LIMITS = "has a number, a name or levels beyond what is read; valid are up to "
            + StreamReadConstraints.DEFAULT_MAX_NUM_LEN + " digits with exponents of 32 bits, "
            + StreamReadConstraints.DEFAULT_MAX_NAME_LEN + " characters and "
            + StreamReadConstraints.DEFAULT_MAX_DEPTH + " levels";

    private JsonTree() {}

    /** Tells whether reading failed at one of Jackson's limits. */
    public static boolean isBeyondLimits(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StreamConstraintsException) {
                return true;
            }
        }
        return false;
    }

    /**
     * The tree of a document, as the mapper is configured.
     *
     * @throws StreamConstraintsException if a number, a name or the depth is beyond what is read
     * @throws IOException if it is no JSON, or has what the mapper refuses
     */
    public static JsonNode read(ObjectMapper mapper, byte[] json) throws IOException {
        try {
            return mapper.readTree(json);
        } catch (NumberFormatException e) {
            // Jackson lets pass what BigDecimal says of an exponent beyond 32 bits, such as that of 1e9999999999.
            StreamConstraintsException refusal = new StreamConstraintsException("a number has too large an exponent");
            refusal.initCause(e);
            throw refusal;
        }
    }
}
