package dev.galatea.gateway.problem;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/** Ends a request with a problem. */
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final @Nullable String param;
    private final String detail;
    private final @Nullable String videoId;
    private final transient Map<String, String> headers;

    private ProblemException(int status, String code, String detail, Map<String, String> headers) {
        this(status, code, null, detail, headers);
    }

    private ProblemException(
            int status, String code, @Nullable String param, String detail, Map<String, String> headers) {
        this(status, code, param, detail, null, headers);
    }

    private ProblemException(
            int status,
            String code,
            @Nullable String param,
            String detail,
            @Nullable String videoId,
            Map<String, String> headers) {
        super(param == null ? detail : param + ": " + detail, null, false, false);
        this.status = status;
        this.code = code;
        this.param = param;
        this.detail = detail;
        this.videoId = videoId;
        this.headers = Map.copyOf(headers);
    }

    /** 400: the request is not valid. */
    public static ProblemException badRequest(String code, String detail) {
        return new ProblemException(400, code, detail, Map.of());
    }

    /** The same, for what is wrong with one field, header or parameter of the request. */
    public static ProblemException badRequest(String code, String param, String problem) {
        return new ProblemException(400, code, param, problem, Map.of());
    }

    /** 404: the resource does not exist. */
    public static ProblemException notFound(String code, String detail) {
        return new ProblemException(404, code, detail, Map.of());
    }

    /** The same, for what is wrong with one field, header or parameter of the request. */
    public static ProblemException notFound(String code, String param, String problem) {
        return new ProblemException(404, code, param, problem, Map.of());
    }

    /** 408: the client did not send the request in time; its connection is closed after the answer. */
    public static ProblemException timeout(String code, String detail) {
        return new ProblemException(408, code, detail, Map.of("Connection", "close"));
    }

    /** 409: the request is not possible in the job's state. */
    public static ProblemException conflict(String code, String detail) {
        return new ProblemException(409, code, detail, Map.of());
    }

    /** The same, for what is wrong with one field, header or parameter of the request. */
    public static ProblemException conflict(String code, String param, String problem) {
        return new ProblemException(409, code, param, problem, Map.of());
    }

    /** 413: the body is too long. */
    public static ProblemException tooLarge(String detail) {
        return new ProblemException(413, "body_too_large", detail, Map.of());
    }

    /** The same, for one field of the request. */
    public static ProblemException tooLarge(String param, String problem) {
        return new ProblemException(413, "body_too_large", param, problem, Map.of());
    }

    /** 416: the range lies outside of the object. */
    public static ProblemException rangeNotSatisfiable(String detail, long length) {
        return new ProblemException(416, "range_not_satisfiable", detail, Map.of("Content-Range", "bytes */" + length));
    }

    /** 422: the key was used for another request. */
    public static ProblemException unprocessable(String code, String detail) {
        return new ProblemException(422, code, detail, Map.of());
    }

    /** The same, for what is wrong with one field, header or parameter of the request. */
    public static ProblemException unprocessable(String code, String param, String problem) {
        return new ProblemException(422, code, param, problem, Map.of());
    }

    /** 429: too many jobs are unfinished; the request may succeed later. */
    public static ProblemException tooMany(String code, String detail, Duration retryAfter) {
        return new ProblemException(429, code, detail, retryAfter(retryAfter));
    }

    /** 503: a service that this one needs is unavailable; the request may succeed later. */
    public static ProblemException unavailable(String code, String detail, Duration retryAfter) {
        return new ProblemException(503, code, detail, retryAfter(retryAfter));
    }

    /** 504: the video is not done in time, and goes on being made. */
    public static ProblemException notInTime(String code, String detail, String videoId) {
        return failed(504, code, detail, videoId);
    }

    /** The end of a video whose clip the request waited for. */
    public static ProblemException failed(int status, String code, String detail, String videoId) {
        Map<String, String> headers = Map.of("Location", "/v1/videos/" + videoId, "x-video-id", videoId);
        return new ProblemException(status, code, null, detail, videoId, headers);
    }

    private static Map<String, String> retryAfter(Duration pause) {
        return Map.of("Retry-After", Long.toString(Math.max(1, pause.toSeconds())));
    }

    /** The same problem of the field that the caller knows by another name. */
    public ProblemException renamed(UnaryOperator<String> names) {
        return param == null ? this : new ProblemException(status, code, names.apply(param), detail, headers());
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    @Nullable
    String param() {
        return param;
    }

    @Nullable
    String videoId() {
        return videoId;
    }

    Map<String, String> headers() {
        return Optional.ofNullable(headers).orElse(Map.of());
    }
}
