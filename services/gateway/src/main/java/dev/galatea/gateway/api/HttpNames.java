package dev.galatea.gateway.api;

import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.RequestFields;

/** Names that the fields of prompt events have in HTTP requests, and refusals that use them. */
final class HttpNames {

    private static final String INVALID_SIZE = "invalid_size";

    private HttpNames() {}

    /** A refusal by admission as a problem of the request. */
    static ProblemException refusal(Failure failure, PromptSubmitted prompt) {
        String field = failure.field();
        return field == null
                ? ProblemException.badRequest(failure.code(), failure.message())
                : ProblemException.badRequest(
                        failure.code(), of(field, prompt.settings().reference()), failure.problem());
    }

    /** A failure's message, with the field's name in HTTP requests. */
    static String message(Failure failure, @Nullable ReferenceMedia reference) {
        String field = failure.field();
        if (failure.code().equals(INVALID_SIZE)) {
            return failure.messageNaming("size"); // as the video has it, however the request said it
        }
        return field == null ? renamed(failure.message(), reference) : failure.messageNaming(of(field, reference));
    }

    /** A stage's message about media, which begins with the event's name of their field. */
    private static String renamed(String message, @Nullable ReferenceMedia reference) {
        int colon = message.indexOf(": ");
        String field = message.startsWith("reference.") && colon > 0 ? message.substring(0, colon) : "";
        return field.isEmpty() ? message : of(field, reference) + message.substring(colon);
    }

    /**
     * The name of a field in HTTP requests.
     *
     * @param field as in {@link Failure#field()}
     * @param reference the media of the request, which are in different fields by their role; null if unknown
     */
    static String of(String field, @Nullable ReferenceMedia reference) {
        return switch (field) {
            case "reference.strength" -> "strength";
            case "reference.fit" -> "fit";
            case "reference.background" -> "background";
            case "reference.lastFrame", "reference.lastFrameUrl" -> VideoRequest.LAST_FRAME;
            case "reference.role", "reference.object", "reference.url" -> reference == null ? field : of(reference);
            default ->
                RequestFields.named(field).map(RequestFields.Field::httpName).orElse(field);
        };
    }

    /**
     * The same media, with the name that the caller used for their field, if it is not the usual one for their role.
     */
    static ReferenceMedia called(String name, ReferenceMedia media) {
        return media.withField(name.equals(of(media.role())) ? null : name);
    }

    private static String of(ReferenceMedia reference) {
        String called = reference.field();
        return called == null ? of(reference.role()) : called;
    }

    private static String of(ReferenceMedia.Role role) {
        return switch (role) {
            case FIRST_FRAME -> VideoRequest.FIRST_FRAME;
            case LAST_FRAME -> VideoRequest.LAST_FRAME;
            case VIDEO, EXTENSION -> VideoRequest.VIDEO;
        };
    }
}
