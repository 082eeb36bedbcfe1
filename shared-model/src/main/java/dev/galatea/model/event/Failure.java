package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The reason why a job, or one attempt at a stage, did not succeed.
 *
 * @param code stable, for programs: lower-case words joined by underscores, such as {@code invalid_size}
 * @param message for people: names the field, the value and what would be valid; never contains a prompt
 * @param field the field of {@link PromptSubmitted} that is not valid, such as {@code frames} or
 *     {@code reference.role}; the message then begins with it and a colon. Absent if no single field is to blame.
 *     Longer texts than anybody reads are cut.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Failure(
        FailureCause cause,
        String code,
        String message,
        @Nullable String field) {

    public Failure {
        Fields.require("failure.cause", cause);
        Fields.require("failure.code", code);
        Fields.require("failure.message", message);
        code = Fields.cut(code, Fields.MAX_WORDS);
        message = Fields.cut(message, Fields.MAX_MESSAGE);
        field = Fields.cutIfPresent(field, Fields.MAX_WORDS);
    }

    /** A failure that no field of the request caused. */
    public Failure(FailureCause cause, String code, String message) {
        this(cause, code, message, null);
    }

    /** The refusal of a value that no attempt can make valid. */
    public static Failure invalid(String code, String field, String problem) {
        return new Failure(FailureCause.POISON, code, field + ": " + problem, field);
    }

    /** The message without the field that it begins with. */
    public String problem() {
        String prefix = field + ": ";
        return field != null && message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    }

    /** The message for somebody to whom the field has another name. */
    public String messageNaming(String name) {
        return field == null ? message : name + ": " + problem();
    }
}
