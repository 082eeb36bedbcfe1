package dev.galatea.gateway.api;

import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.body.Upload;
import dev.galatea.gateway.problem.ProblemException;

/**
 * Reads media that are no file of a form: a data: URL or an address, as a text or as the member of an object, which in
 * a form may be written as JSON.
 */
final class MediaReference {

    private static final Pattern DATA_URL = Pattern.compile("(?is)data:[a-z0-9.+/;=-]{0,100};base64,(.*)");
    private static final String HTTPS = "https://";
    private static final List<String> MEMBERS = List.of("image_url", "video_url", "url");

    private MediaReference() {}

    /**
     * Reads a value.
     *
     * @param called the field's name in the request
     * @param field its name here
     */
    static Medium read(String called, String field, JsonNode value) {
        String url = url(called, field, value);
        if (url.regionMatches(true, 0, HTTPS, 0, HTTPS.length())) {
            return Medium.at(called, url, isForVideos(field));
        }
        Matcher data = DATA_URL.matcher(url);
        if (!data.matches()) {
            throw holdsNone(called, field);
        }
        byte[] bytes = decoded(called, data.group(1));
        if (bytes.length == 0) {
            throw BodyFields.invalid(called, "is empty; valid is a picture or a video");
        }
        return Medium.of(called, Upload.of(bytes), isVideo(field, bytes));
    }

    /** Tells whether bytes are taken for a video: by their field if that says it, else by how they begin. */
    static boolean isVideo(String field, byte[] bytes) {
        boolean isEither = field.equals(VideoRequest.FIRST_FRAME) || field.equals("reference_url");
        return isForVideos(field) || isEither && Medium.beginsAsVideo(bytes);
    }

    /** The id that an object names a video of this server by; null if it names another one by its address. */
    static @Nullable String idOf(String called, JsonNode value) {
        if (isUrl(value) || value.isObject() && !value.has("id")) {
            return null;
        }
        ObjectNode object = object(called, VideoRequest.VIDEO, value);
        JsonNode id = object.path("id");
        if (!id.isTextual() && !id.isMissingNode()) {
            throw holdsNone(called, VideoRequest.VIDEO);
        }
        if (id.isTextual() && object.size() > 1) {
            throw BodyFields.invalid(called, "has an id and other members; valid is the id alone, or a URL alone");
        }
        return id.textValue();
    }

    private static boolean isUrl(JsonNode value) {
        return value.isTextual()
                && (value.textValue().regionMatches(true, 0, HTTPS, 0, HTTPS.length())
                        || DATA_URL.matcher(value.textValue()).matches());
    }

    private static boolean isForVideos(String field) {
        return VideoRequest.VIDEOS.contains(field);
    }

    private static String url(String called, String field, JsonNode value) {
        if (value.isTextual() && !value.textValue().stripLeading().startsWith("{")) {
            return value.textValue().strip();
        }
        ObjectNode object = object(called, field, value);
        String url = null;
        Iterator<String> names = object.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (object.path(name).isNull()) {
                continue;
            }
            if (name.equals("file_id")) {
                throw ProblemException.badRequest(
                        "reference_not_supported", called, "has a file_id, which is not offered; valid is a URL");
            }
            if (!MEMBERS.contains(name)) {
                throw BodyFields.invalid(
                        called,
                        "has a member '" + BodyFields.shown(name) + "', which is not supported; valid is one of "
                                + String.join(", ", MEMBERS));
            }
            if (url != null) {
                throw BodyFields.invalid(called, "has more than one URL; valid is one");
            }
            JsonNode member = object.get(name);
            url = member.isObject() ? member.path("url").asText() : member.asText();
        }
        return url == null ? "" : url.strip();
    }

    private static ObjectNode object(String called, String field, JsonNode value) {
        if (value.isTextual() && !value.textValue().stripLeading().startsWith("{")
                || !value.isTextual() && !value.isObject()) {
            throw holdsNone(called, field);
        }
        return DialectFields.object(called, value);
    }

    private static byte[] decoded(String called, String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw BodyFields.invalid(called, "is no base64");
        }
    }

    private static ProblemException holdsNone(String called, String field) {
        return field.equals(VideoRequest.VIDEO)
                ? BodyFields.invalid(
                        called,
                        "holds no video; valid are a file in a form, and an object with the id of a video, or with its"
                                + " url, https://…")
                : BodyFields.invalid(
                        called,
                        "holds no " + (isForVideos(field) ? "video" : "picture")
                                + "; valid are a file in a form, and a URL: data: in base64, or https://…");
    }
}
