package dev.galatea.gateway.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Problem details as RFC 9457 has them, plus a stable code for programs.
 *
 * @param type {@code urn:galatea:problem:} and the code
 * @param detail names the field, the value and what would be valid
 * @param instance the path of the request
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @Nullable String instance,
        String code) {

    /** The media type of a problem. */
    public static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(int status, String title, String code, String detail, @Nullable String instance) {
        return new Problem("urn:galatea:problem:" + code, title, status, detail, instance, code);
    }
}
