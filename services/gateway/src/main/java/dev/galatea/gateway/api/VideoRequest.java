package dev.galatea.gateway.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.body.Upload;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.ReferenceMedia;
import dev.galatea.model.event.RequestFields;
import dev.galatea.model.id.JobId;

/**
 * Reads the body of an order. Only names and types of fields are checked here; whether the values are acceptable is for
 * admission. Numbers may be written as strings.
 */
final class VideoRequest {

    private static final Pattern SIZE = Pattern.compile("(-?\\d{1,9})\\s*[xX×]\\s*(-?\\d{1,9})");

    /** The seed by which the dialects ask for a random one. */
    static final long RANDOM = -1;

    static final String FIRST_FRAME = "input_reference";
    static final String LAST_FRAME = "last_frame";
    static final String VIDEO = "video";

    /** The fields for what a clip is made from, of which a request has one at most. */
    static final List<String> SOURCES =
            List.of(FIRST_FRAME, "image_reference", "image_url", "reference_url", "video_reference", "video_url");

    /** The fields for a video to vary or to continue. */
    static final List<String> VIDEOS = List.of(VIDEO, "video_reference", "video_url");

    /** The fields that may be files. */
    static final Set<String> MEDIA = Set.of(FIRST_FRAME, LAST_FRAME, VIDEO, "image_reference", "video_reference");

    /** The dialects' fields for media of kinds that no model here takes. */
    private static final Set<String> NOT_OFFERED = Set.of("audio_reference", "control_reference", "characters");

    private final BodyFields body;
    private final Map<String, ? extends Upload> files;

    private VideoRequest(BodyFields body, Map<String, ? extends Upload> files) {
        this.body = body;
        this.files = files;
    }

    /** Reads the fields of a body. */
    static VideoRequest of(JsonNode body) {
        return new VideoRequest(DialectFields.of(body), Map.of());
    }

    /** Reads the fields of a form. */
    static VideoRequest of(MultipartBody.Form form) {
        return new VideoRequest(DialectFields.of(form.fields()), form.media());
    }

    /** Parses a JSON body, which must be one object. */
    static JsonNode json(byte[] body) {
        return BodyFields.json(body);
    }

    /** Refuses every field that this order doesn't take, because it would be dropped. */
    void requireFieldsOf(Operation operation) {
        Stream.concat(body.names(), files.keySet().stream())
                .filter(field -> !operation.takes(field))
                .findFirst()
                .ifPresent(field -> {
                    throw notTaken(field, operation);
                });
    }

    private ProblemException notTaken(String field, Operation operation) {
        if (operation == Operation.CREATE && field.equals(VIDEO)) {
            return body.invalidField(
                    field,
                    "is varied by POST /v1/videos/edits and continued by POST /v1/videos/extensions;"
                            + " valid here are " + String.join(", ", SOURCES) + " and last_frame");
        }
        if (NOT_OFFERED.contains(field)) {
            return ProblemException.badRequest(
                    "reference_not_supported",
                    body.called(field),
                    "is not offered; valid are " + String.join(", ", SOURCES) + " and last_frame");
        }
        String valid = RequestFields.named(field)
                .map(known -> "valid is " + known.httpName())
                .orElseGet(() -> "valid are " + operation.fields());
        return ProblemException.badRequest(
                "unsupported_field", body.called(field), "is not supported, and would be without effect; " + valid);
    }

    /** The name that the caller used for a field, by its name in this API. */
    UnaryOperator<String> callersNames() {
        Map<String, String> names = new HashMap<>();
        if (body.has("size")) {
            names.put("width", body.called("size"));
            names.put("height", body.called("size"));
        }
        Stream.concat(SOURCES.stream(), VIDEOS.stream()).filter(this::isGiven).forEach(field -> {
            names.put(FIRST_FRAME, body.called(field));
            names.put(VIDEO, body.called(field));
        });
        return name -> names.getOrDefault(name, body.called(name));
    }

    /** The text of {@code prompt}, which every request needs. */
    String prompt() {
        String prompt = body.text("prompt");
        if (prompt == null) {
            throw body.invalidField("prompt", "is missing; valid is a text that says what to show");
        }
        return prompt;
    }

    /** Returns the number of requested videos. */
    int count(int most) {
        Integer n = body.whole("n", 1, most);
        return n == null ? 1 : n;
    }

    /** Tells whether the noise is to be a random one, also where another video's would be taken over. */
    boolean wantsRandomSeed() {
        Long seed = body.wholeLong("seed");
        return seed != null && seed == RANDOM;
    }

    /**
     * The prompt event that the body asks for. Of a length in frames and one in seconds that in frames counts, because
     * clients of the dialects send both.
     *
     * @param index of the video among those that one body asks for: each gets a noise of its own
     */
    PromptSubmitted toPrompt(JobId jobId, int index, @Nullable ReferenceMedia reference) {
        String prompt = prompt();
        String background = background();
        GenerationSettings settings = withSize(RequestFields.settingsOf(body::setting))
                .withReference(reference == null ? null : reference.withBackground(background));
        Double seconds = body.real("seconds");
        return PromptSubmitted.of(jobId, prompt, settings.withSeed(seed(settings.seed(), index)))
                .withSeconds(settings.frames() == null ? seconds : null)
                .withTruncate(body.truth("truncate"));
    }

    /** The seed of one of several videos: of none of them a random one, because it could not be made again. */
    private @Nullable Long seed(@Nullable Long first, int index) {
        if (first == null || first == RANDOM) {
            return null;
        }
        if (first > Long.MAX_VALUE - index) {
            throw body.invalidField(
                    "seed",
                    "and the seeds of the videos after the first are more than 64 bits have; valid are up to "
                            + (Long.MAX_VALUE - index));
        }
        if (first + index == RANDOM) {
            throw body.invalidField(
                    "seed",
                    first + " is not valid: that of video " + (index + 1) + " would be " + RANDOM
                            + ", which asks for a random one; valid are " + Long.MIN_VALUE + " to "
                            + (RANDOM - 1 - index) + ", and 0 to " + Long.MAX_VALUE);
        }
        return first + index;
    }

    private GenerationSettings withSize(GenerationSettings settings) {
        String size = body.text("size");
        if (size == null) {
            return settings;
        }
        Matcher matcher = SIZE.matcher(size.strip());
        if (!matcher.matches()) {
            throw body.invalidValue("size", "is not WIDTHxHEIGHT; valid is for instance 128x128");
        }
        Integer width = Integer.valueOf(matcher.group(1));
        Integer height = Integer.valueOf(matcher.group(2));
        if (differs(settings.width(), width) || differs(settings.height(), height)) {
            throw body.invalidField("size", "excludes another width or height; valid is one way to say it");
        }
        return settings.withWidth(width).withHeight(height);
    }

    private static boolean differs(@Nullable Integer given, Integer other) {
        return given != null && !given.equals(other);
    }

    /** The picture that the clip begins with, or the video that it varies; null if there is none. */
    @Nullable
    Medium source() {
        return onlyOne(SOURCES);
    }

    /** The picture that the clip ends with; null if there is none. */
    @Nullable
    Medium lastFrame() {
        return isGiven(LAST_FRAME) ? medium(LAST_FRAME) : null;
    }

    /** The video to vary or to continue, if it is not one that was made here. */
    @Nullable
    Medium video() {
        return videoId() == null ? onlyOne(VIDEOS) : null;
    }

    private @Nullable Medium onlyOne(List<String> fields) {
        List<String> given = fields.stream().filter(this::isGiven).toList();
        if (given.size() > 1) {
            throw body.invalidField(
                    given.get(1),
                    "excludes " + body.called(given.get(0)) + "; valid is only one of " + String.join(", ", fields));
        }
        return given.isEmpty() ? null : medium(given.get(0));
    }

    private boolean isGiven(String field) {
        return files.containsKey(field) || body.has(field);
    }

    private Medium medium(String field) {
        Upload file = files.get(field);
        JsonNode node = body.node(field);
        if (file != null && node != null) {
            throw FormFields.givenTwice(body.called(field));
        }
        if (file != null && file.bytes() == 0) {
            throw body.invalidField(field, "is empty; valid is a picture or a video");
        }
        return file == null
                ? MediaReference.read(body.called(field), field, Objects.requireNonNull(node))
                : Medium.of(body.called(field), file, MediaReference.isVideo(field, file.head()));
    }

    /** The id of the video to vary or to continue, if it is one that was made here. */
    @Nullable
    String videoId() {
        JsonNode video = body.node(VIDEO);
        return video == null || files.containsKey(VIDEO) ? null : MediaReference.idOf(body.called(VIDEO), video);
    }

    /** Returns the part of the video that is generated anew; null if the body does not set it. */
    @Nullable
    Double strength() {
        return body.real("strength");
    }

    /** Refuses a strength, where there is no video that it could be of. */
    void refuseStrength(String why) {
        if (body.has("strength")) {
            throw body.invalidField("strength", why);
        }
    }

    /** Refuses what says how media are taken, where there are none: it would be without effect. */
    void refuseWithoutMedia() {
        Stream.of("fit", "background").filter(body::has).findFirst().ifPresent(field -> {
            throw body.invalidField(
                    field, "is for pictures and videos, and would be without effect; valid is none without them");
        });
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
            default -> throw body.invalidValue("fit", "is not valid; valid are crop and pad");
        };
    }

    /** Returns the colour behind transparent media; null if the body does not set it. */
    private @Nullable String background() {
        String colour = body.text("background");
        if (colour != null && !ReferenceMedia.isColour(colour)) {
            throw body.invalidValue("background", "is not a colour; valid is for instance #ffffff");
        }
        return colour;
    }
}
