package dev.galatea.model.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Something about a job that whoever asked for it should know, although it is made.
 *
 * @param code stable, for programs, such as {@code prompt_truncated}
 * @param message for people; begins with the field and a colon if there is one
 * @param field the field of {@link PromptSubmitted} that it is about
 * @param kept the part of the field's value that counts
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobWarning(
        String code,
        String message,
        @Nullable String field,
        @Nullable String kept) {

    /** The model does not read all of a text. */
    public static final String PROMPT_TRUNCATED = "prompt_truncated";

    public JobWarning {
        Fields.require("warnings.code", code);
        Fields.require("warnings.message", message);
        code = Fields.cut(code, Fields.MAX_WORDS);
        message = Fields.cut(message, Fields.MAX_MESSAGE);
        field = Fields.cutIfPresent(field, Fields.MAX_WORDS);
        kept = Fields.cutIfPresent(kept, Fields.MAX_MESSAGE);
    }

    /** The message for somebody to whom the field has another name. */
    public String messageNaming(String name) {
        String prefix = field + ": ";
        return field != null && message.startsWith(prefix) ? name + ": " + message.substring(prefix.length()) : message;
    }
}
