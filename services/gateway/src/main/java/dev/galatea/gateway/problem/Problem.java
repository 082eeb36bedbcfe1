package dev.galatea.gateway.problem;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Problem details as RFC 9457 has them, plus a stable code for programs, plus the error object of the
 * {@code /v1/videos} dialect, so that clients of either kind can read it.
 *
 * @param type {@code urn:galatea:problem:} and the code
 * @param detail names the field, the value and what would be valid
 * @param instance the path of the request
 * @param videoId the video that the request has ordered, if there is one in spite of the problem
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @Nullable String instance,
        String code,
        @JsonProperty("video_id") @Nullable String videoId,
        DialectError error) {

    private static final Pattern HALF_OF_A_PAIR = Pattern.compile("[\\ud800-\\udfff]");

    /** The media type of a problem. */
    public static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(
            int status, String title, String code, String detail, @Nullable String param, @Nullable String instance) {
        String shown = readable(detail);
        String field = param == null ? null : readable(param);
        return new Problem(
                "urn:galatea:problem:" + code,
                title,
                status,
                shown,
                instance,
                code,
                null,
                new DialectError(shown, dialectType(status), field, code));
    }

    /**
     * Replaces halves of surrogate pairs, which a request may hold, and which are left where a value is cut: strict
     * readers of JSON refuse a document with one.
     */
    private static String readable(String text) {
        return HALF_OF_A_PAIR.matcher(text).replaceAll("\ufffd");
    }

    /** The same problem of a request that has ordered a video. */
    Problem withVideo(@Nullable String id) {
        return new Problem(type, title, status, detail, instance, code, id, error);
    }

    /**
     * The error object of the dialect; all members are always there.
     *
     * @param type {@code invalid_request_error}, {@code rate_limit_error} or {@code server_error}
     * @param param the field that is wrong, if it is one
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record DialectError(
            String message, String type, @Nullable String param, String code) {}

    private static String dialectType(int status) {
        if (status == 429) {
            return "rate_limit_error";
        }
        return status < 500 ? "invalid_request_error" : "server_error";
    }
}
