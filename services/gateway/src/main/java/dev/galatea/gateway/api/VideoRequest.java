package dev.galatea.gateway.api;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.id.JobId;

/**
 * Reads the body of {@code POST /v1/videos}. Only the types of fields are checked here; whether the values are acceptable
 * is for admission. Numbers may be written as strings, unknown fields are ignored.
 */
final class VideoRequest {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final Pattern SIZE = Pattern.compile("(-?\\d{1,9})\\s*[xX×]\\s*(-?\\d{1,9})");
    private static final Pattern DATA_URL = Pattern.compile("(?is)data:[a-z0-9.+/;=-]{0,100};base64,(.*)");
    private static final int MAX_NUMBER_LENGTH = 40;

    private static final String VIDEO = "video";
    private static final String HTTPS = "https://";

    /** The pictures that a clip begins and ends with, and the video that it varies or continues. */
    static final List<String> MEDIA = List.of("input_reference", "last_frame", VIDEO);

    /** What the dialects call other media to start from. */
    static final List<String> REFERENCES = List.of(
            "image_reference",
            "video_reference",
            "audio_reference",
            "control_reference",
            "reference_url",
            "video_url",
            "characters");

    private final JsonNode body;

    private final Map<String, byte[]> files;

    private VideoRequest(JsonNode body, Map<String, byte[]> files) {
        this.body = body;
        this.files = files;
    }

    /** Reads the fields of a body. */
    static VideoRequest of(JsonNode body) {
        return new VideoRequest(body, Map.of());
    }

    /** Reads the fields of a form. */
    static VideoRequest of(MultipartBody.Form form) {
        return new VideoRequest(form.fields(), form.media());
    }

    /** The object that a JSON body is. */
    static JsonNode json(byte[] body) {
        JsonNode node;
        try {
            node = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            long offset = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
            throw ProblemException.badRequest("malformed_json", "the body is not JSON, from byte " + offset + " on");
        } catch (java.io.IOException e) {
            throw ProblemException.badRequest("malformed_json", "the body is not JSON");
        }
        if (!node.isObject()) {
            throw ProblemException.badRequest("malformed_json", "the body is no JSON object");
        }
        return node;
    }

    /** The text of {@code prompt}, which every request needs. */
    String prompt() {
        String prompt = text("prompt");
        if (prompt == null) {
            throw invalid("prompt", "is missing; valid is a text that says what to show");
        }
        return prompt;
    }

    /** How many videos are asked for. */
    int count(int most) {
        Integer n = whole("n");
        Integer perPrompt = n == null ? whole("num_outputs_per_prompt") : n;
        if (perPrompt == null) {
            return 1;
        }
        if (perPrompt < 1 || perPrompt > most) {
            throw invalid(
                    n == null ? "num_outputs_per_prompt" : "n", perPrompt + " is not valid; valid are 1 to " + most);
        }
        return perPrompt;
    }

    /** The frame rate that is asked for; the model's own is the only one that there is. */
    @Nullable
    Integer fps() {
        return whole("fps");
    }

    /** The model that is asked for. */
    @Nullable
    String model() {
        return text("model");
    }

    /**
     * The prompt event that the body asks for.
     *
     * @param index of the video among those that one body asks for: each gets a noise of its own
     */
    PromptSubmitted toPrompt(JobId jobId, int index, @Nullable ReferenceMedia reference) {
        refuseReferences();
        String prompt = prompt();
        Integer width = whole("width");
        Integer height = whole("height");
        String size = text("size");
        if (size != null) {
            Matcher matcher = SIZE.matcher(size.strip());
            if (width != null || height != null) {
                throw invalid("size", "excludes width and height; valid is one way to say it");
            }
            if (!matcher.matches()) {
                throw invalid("size", "is not WIDTHxHEIGHT; valid is for instance 128x128");
            }
            width = Integer.valueOf(matcher.group(1));
            height = Integer.valueOf(matcher.group(2));
        }
        GenerationSettings settings = GenerationSettings.builder()
                .negativePrompt(text("negative_prompt"))
                .model(text("model"))
                .width(width)
                .height(height)
                .frames(whole("num_frames"))
                .fps(fps())
                .steps(whole("num_inference_steps"))
                .guidance(real("guidance_scale"))
                .seed(seed(index))
                .reference(reference)
                .build();
        return PromptSubmitted.of(jobId, prompt, settings).withSeconds(real("seconds"));
    }

    /**
     * The picture of {@code input_reference} or {@code last_frame}: a file of a form, or a data URL.
     *
     * @return null if there is none, or it is at an address
     */
    byte @Nullable [] picture(String field) {
        if (files.containsKey(field)) {
            return files.get(field);
        }
        JsonNode node = body.get(field);
        if (node == null || node.isNull()) {
            return null;
        }
        Matcher data = DATA_URL.matcher(imageUrl(node));
        if (!data.matches()) {
            throw invalid(
                    field,
                    "holds no picture; valid are a file in a form, and an image_url that is a data: URL in base64 or"
                            + " https://…");
        }
        try {
            return Base64.getMimeDecoder().decode(data.group(1));
        } catch (IllegalArgumentException e) {
            throw invalid(field, "is no base64");
        }
    }

    /** The address of the picture of {@code input_reference} or {@code last_frame}; null if it is none. */
    @Nullable
    String pictureUrl(String field) {
        JsonNode node = body.get(field);
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
        JsonNode url = body.path(VIDEO).path("url");
        return files.containsKey(VIDEO) || !url.isTextual() ? null : address(url.textValue());
    }

    /** The video to vary or to continue, if it is a file of the form. */
    byte @Nullable [] video() {
        return files.get(VIDEO);
    }

    /** The id of the video to vary or to continue, if it is one that was made here. */
    @Nullable
    String videoId() {
        JsonNode video = body.get(VIDEO);
        if (video == null || video.isNull() || files.containsKey(VIDEO) || videoUrl() != null) {
            return null;
        }
        if (!video.path("id").isTextual()) {
            throw invalid(
                    VIDEO,
                    "holds no video; valid are a file in a form, and an object with the id of a video, or with its url,"
                            + " https://…");
        }
        return video.path("id").textValue();
    }

    /** How far the video to vary is taken back into noise; null if the body does not say. */
    @Nullable
    Double strength() {
        return real("strength");
    }

    /** Refuses media to vary, where a clip is made anew. */
    void refuseVideo() {
        if (body.hasNonNull(VIDEO) || files.containsKey(VIDEO)) {
            throw invalid(
                    VIDEO,
                    "is varied by POST /v1/videos/edits and continued by POST /v1/videos/extensions; valid here are input_reference and last_frame");
        }
    }

    /** How pictures of another shape than the clip are fitted; null if the body does not say. */
    ReferenceMedia.@Nullable Fit fit() {
        String fit = text("fit");
        if (fit == null) {
            return null;
        }
        return switch (fit) {
            case "crop" -> ReferenceMedia.Fit.CROP;
            case "pad" -> ReferenceMedia.Fit.PAD;
            default -> throw invalid("fit", "is not valid; valid are crop and pad");
        };
    }

    private @Nullable Long seed(int index) {
        Long seed = wholeLong("seed");
        return seed == null ? null : seed + index;
    }

    private void refuseReferences() {
        for (String field : REFERENCES) {
            if (body.hasNonNull(field)) {
                throw ProblemException.badRequest(
                        "reference_not_supported",
                        field + ": is not offered; valid are pictures in input_reference and last_frame");
            }
        }
    }

    private @Nullable String text(String field) {
        JsonNode node = body.get(field);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isTextual()) {
            throw invalid(field, "is not a string");
        }
        return node.textValue();
    }

    private @Nullable Integer whole(String field) {
        Long value = wholeLong(field);
        if (value != null && value != value.intValue()) {
            throw invalid(field, "is not a whole number of 32 bits");
        }
        return value == null ? null : value.intValue();
    }

    private @Nullable Long wholeLong(String field) {
        String number = number(field);
        if (number == null) {
            return null;
        }
        try {
            BigDecimal exact = new BigDecimal(number);
            if (Math.abs((long) exact.scale()) > MAX_NUMBER_LENGTH) {
                throw new ArithmeticException("too far from 1");
            }
            return exact.longValueExact();
        } catch (NumberFormatException | ArithmeticException e) {
            throw invalid(field, "is not a whole number of 64 bits");
        }
    }

    private @Nullable Double real(String field) {
        String number = number(field);
        if (number == null) {
            return null;
        }
        try {
            return Double.valueOf(number);
        } catch (NumberFormatException e) {
            throw invalid(field, "is not a number");
        }
    }

    private @Nullable String number(String field) {
        JsonNode node = body.get(field);
        if (node == null || node.isNull()) {
            return null;
        }
        String text = node.isTextual() ? node.textValue().strip() : node.asText();
        if (!(node.isNumber() || node.isTextual()) || text.isEmpty() || text.length() > MAX_NUMBER_LENGTH) {
            throw invalid(field, "is not a number");
        }
        return text;
    }

    private static ProblemException invalid(String field, String what) {
        return ProblemException.badRequest("invalid_request", field + ": " + what);
    }
}
