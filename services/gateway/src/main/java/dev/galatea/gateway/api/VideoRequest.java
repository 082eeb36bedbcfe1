package dev.galatea.gateway.api;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.id.JobId;

/**
 * Reads the body of {@code POST /v1/videos}. Only the types of fields are checked here; whether the values are
 * acceptable is for admission. Numbers may be written as strings, unknown fields are ignored.
 */
final class VideoRequest {

    private static final Pattern SIZE = Pattern.compile("(-?\\d{1,9})\\s*[xX×]\\s*(-?\\d{1,9})");
    private static final Pattern DATA_URL = Pattern.compile("(?is)data:[a-z0-9.+/;=-]{0,100};base64,(.*)");
    private static final String HTTPS = "https://";

    static final String FIRST_FRAME = "input_reference";
    static final String LAST_FRAME = "last_frame";
    static final String VIDEO = "video";

    /** The pictures that a clip begins and ends with, and the video that it varies or continues. */
    static final List<String> MEDIA = List.of(FIRST_FRAME, LAST_FRAME, VIDEO);

    /** The dialects' fields for other media to start from. */
    static final List<String> REFERENCES = List.of(
            "image_reference",
            "video_reference",
            "audio_reference",
            "control_reference",
            "reference_url",
            "video_url",
            "characters");

    private final BodyFields body;

    private final Map<String, byte[]> files;

    private VideoRequest(BodyFields body, Map<String, byte[]> files) {
        this.body = body;
        this.files = files;
    }

    /** Reads the fields of a body. */
    static VideoRequest of(JsonNode body) {
        return new VideoRequest(new BodyFields(body), Map.of());
    }

    /** Reads the fields of a form. */
    static VideoRequest of(MultipartBody.Form form) {
        return new VideoRequest(new BodyFields(form.fields()), form.media());
    }

    /** Parses a JSON body, which must be one object. */
    static JsonNode json(byte[] body) {
        return BodyFields.json(body);
    }

    /** The text of {@code prompt}, which every request needs. */
    String prompt() {
        String prompt = body.text("prompt");
        if (prompt == null) {
            throw BodyFields.invalid("prompt", "is missing; valid is a text that says what to show");
        }
        return prompt;
    }

    /** Returns the number of requested videos. */
    int count(int most) {
        Integer n = body.whole("n");
        Integer perPrompt = n == null ? body.whole("num_outputs_per_prompt") : n;
        if (perPrompt == null) {
            return 1;
        }
        if (perPrompt < 1 || perPrompt > most) {
            throw BodyFields.invalid(
                    n == null ? "num_outputs_per_prompt" : "n", perPrompt + " is not valid; valid are 1 to " + most);
        }
        return perPrompt;
    }

    /**
     * The prompt event that the body asks for.
     *
     * @param index of the video among those that one body asks for: each gets a noise of its own
     */
    PromptSubmitted toPrompt(JobId jobId, int index, @Nullable ReferenceMedia reference) {
        refuseReferences();
        String prompt = prompt();
        GenerationSettings settings =
                withSize(RequestFields.settingsOf(body::setting)).withReference(reference);
        Long seed = settings.seed();
        return PromptSubmitted.of(jobId, prompt, settings.withSeed(seed == null ? null : seed + index))
                .withSeconds(body.real("seconds"))
                .withTruncate(body.truth("truncate"));
    }

    private GenerationSettings withSize(GenerationSettings settings) {
        String size = body.text("size");
        if (size == null) {
            return settings;
        }
        if (settings.width() != null || settings.height() != null) {
            throw BodyFields.invalid("size", "excludes width and height; valid is one way to say it");
        }
        Matcher matcher = SIZE.matcher(size.strip());
        if (!matcher.matches()) {
            throw BodyFields.invalid("size", "is not WIDTHxHEIGHT; valid is for instance 128x128");
        }
        return settings.withWidth(Integer.valueOf(matcher.group(1))).withHeight(Integer.valueOf(matcher.group(2)));
    }

    /**
     * The picture of {@code input_reference} or {@code last_frame}: a file of a form, or a data URL.
     *
     * @return null if there is no picture, or it is given by an address
     */
    byte @Nullable [] picture(String field) {
        if (files.containsKey(field)) {
            return files.get(field);
        }
        JsonNode node = body.node(field);
        if (node == null) {
            return null;
        }
        Matcher data = DATA_URL.matcher(imageUrl(node));
        if (!data.matches()) {
            throw BodyFields.invalid(
                    field,
                    "holds no picture; valid are a file in a form, and an image_url that is a data: URL in base64 or"
                            + " https://…");
        }
        try {
            return Base64.getMimeDecoder().decode(data.group(1));
        } catch (IllegalArgumentException e) {
            throw BodyFields.invalid(field, "is no base64");
        }
    }

    /** The address of the picture of {@code input_reference} or {@code last_frame}; null if it is none. */
    @Nullable
    String pictureUrl(String field) {
        JsonNode node = body.node(field);
        return node == null || files.containsKey(field) ? null : address(imageUrl(node));
    }

    private static String imageUrl(JsonNode node) {
        JsonNode url = node.isTextual() ? node : node.path("image_url");
        return url.isTextual() ? url.textValue() : "";
    }

    private static @Nullable String address(String text) {
        return text.regionMatches(true, 0, HTTPS, 0, HTTPS.length()) ? text : null;
    }

    /** The address of the video to vary or to continue; null if it is none. */
    @Nullable
    String videoUrl() {
        JsonNode video = body.node(VIDEO);
        JsonNode url = video == null ? null : video.get("url");
        return files.containsKey(VIDEO) || url == null || !url.isTextual() ? null : address(url.textValue());
    }

    /** The video to vary or to continue, if it is a file of the form. */
    byte @Nullable [] video() {
        return files.get(VIDEO);
    }

    /** The id of the video to vary or to continue, if it is one that was made here. */
    @Nullable
    String videoId() {
        JsonNode video = body.node(VIDEO);
        if (video == null || files.containsKey(VIDEO) || videoUrl() != null) {
            return null;
        }
        if (!video.path("id").isTextual()) {
            throw BodyFields.invalid(
                    VIDEO,
                    "holds no video; valid are a file in a form, and an object with the id of a video, or with its url,"
                            + " https://…");
        }
        return video.path("id").textValue();
    }

    /** Returns the part of the video that is generated anew; null if the body does not set it. */
    @Nullable
    Double strength() {
        return body.real("strength");
    }

    /** Refuses media to vary, where a clip is made anew. */
    void refuseVideo() {
        if (body.has(VIDEO) || files.containsKey(VIDEO)) {
            throw BodyFields.invalid(
                    VIDEO,
                    "is varied by POST /v1/videos/edits and continued by POST /v1/videos/extensions;"
                            + " valid here are input_reference and last_frame");
        }
    }

    /** Returns the way to fit pictures whose shape differs from the clip's; null if the body does not set it. */
    ReferenceMedia.@Nullable Fit fit() {
        String fit = body.text("fit");
        if (fit == null) {
            return null;
        }
        return switch (fit) {
            case "crop" -> ReferenceMedia.Fit.CROP;
            case "pad" -> ReferenceMedia.Fit.PAD;
            default -> throw BodyFields.invalid("fit", "is not valid; valid are crop and pad");
        };
    }

    private void refuseReferences() {
        for (String field : REFERENCES) {
            if (body.has(field)) {
                throw ProblemException.badRequest(
                        "reference_not_supported",
                        field,
                        "is not offered; valid are pictures in input_reference and last_frame");
            }
        }
    }
}
