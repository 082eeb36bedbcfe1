package dev.galatea.model.json;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.StreamReadFeature;

import dev.galatea.model.text.PrintableText;

/**
 * Finds the field that an object has more than once, after a parser with
 * {@link StreamReadFeature#STRICT_DUPLICATE_DETECTION} refused it. JSON leaves open which of them counts (RFC 8259,
 * section 4), and readers differ: what one has checked is not what the next one takes. Thread-safe.
 */
public final class RepeatedField {

    /** What is wrong with such a field. */
    public static final String PROBLEM = "is given more than once; valid is once";

    /** How Jackson begins the message of this failure, for which it has no type. */
    private static final String DUPLICATE = "Duplicate field '";

    private static final int MAX_NAME_SHOWN = 64;
    private static final int MAX_STEPS_SHOWN = 8;

    private RepeatedField() {}

    /**
     * The field's path, such as {@code reference.object.key} or {@code files[1].path}, printable and abridged.
     *
     * @param failure of reading JSON, as it was thrown
     * @return empty if the failure is another one
     */
    public static Optional<String> path(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JsonParseException fault
                    && fault.getProcessor() != null
                    && String.valueOf(fault.getOriginalMessage()).startsWith(DUPLICATE)) {
                return Optional.of(path(fault.getProcessor().getParsingContext()));
            }
        }
        return Optional.empty();
    }

    private static String path(JsonStreamContext field) {
        Deque<String> steps = new ArrayDeque<>();
        for (JsonStreamContext context = field; !context.inRoot(); context = context.getParent()) {
            boolean isMember = context.inObject();
            steps.push(isMember ? "." + shown(context.getCurrentName()) : "[" + context.getCurrentIndex() + "]");
            if (steps.size() > MAX_STEPS_SHOWN) {
                steps.removeLast();
            }
        }
        return PrintableText.line(String.join("", steps).replaceFirst("^\\.", ""));
    }

    private static String shown(String name) {
        return name.length() > MAX_NAME_SHOWN ? name.substring(0, MAX_NAME_SHOWN) + "…" : name;
    }
}
