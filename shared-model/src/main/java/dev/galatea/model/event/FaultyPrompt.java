package dev.galatea.model.event;

import java.io.IOException;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.MalformedEventException.Reason;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.json.JsonTree;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A prompt event of a known job with a field that can't be read. Its sender waits for the end of the job, so it is
 * refused by name; only what can't be attributed to a job is left to the dead letters.
 *
 * @param prompt the job's id, and of the rest what a state shows and can be read; an absent prompt is empty
 * @param failure names the field, its value unless it may be private, and what would be valid
 */
public record FaultyPrompt(PromptSubmitted prompt, Failure failure) {

    /** The code of these refusals. */
    public static final String CODE = "invalid_field";

    private static final ObjectMapper JSON = lenient();

    /** Payloads have a limit themselves, and numbers are not looked at. */
    private static final JsonFactory UNLIMITED = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .build())
            .build();

    /** Of a field that is given more than once the last one is shown. */
    private static ObjectMapper lenient() {
        ObjectMapper mapper = EventCodec.mapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        mapper.getFactory().disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
        return mapper;
    }

    /**
     * Finds out whose prompt can't be read, and why.
     *
     * @param key the record's key, which must name the same job as the payload
     * @param payload as it came
     * @param fault the reason why {@link EventCodec} did not read it
     * @return empty if the record is no prompt event at all, or nobody can tell of which job
     */
    public static Optional<FaultyPrompt> of(
            byte @Nullable [] key, byte @Nullable [] payload, MalformedEventException fault) {
        if (fault.reason() != Reason.MALFORMED_PAYLOAD || payload == null || fault.getCause() == null) {
            return Optional.empty();
        }
        Throwable cause = fault.getCause();
        JsonNode fields;
        try {
            fields = JsonTree.read(JSON, new String(payload, UTF_8).getBytes(UTF_8)); // bytes that are no text, too
        } catch (StreamConstraintsException e) {
            fields = texts(payload);
            cause = e; // whatever else is wrong, of that nothing can be shown
        } catch (IOException e) {
            return Optional.empty();
        }
        return of(key, fields, cause);
    }

    private static Optional<FaultyPrompt> of(byte @Nullable [] key, JsonNode fields, Throwable cause) {
        JobId job = value(fields.path("jobId"), JobId.class);
        return job == null || key == null || !job.toString().equals(new String(key, UTF_8))
                ? Optional.empty()
                : FieldFault.find(cause, fields).map(field -> new FaultyPrompt(remains(job, fields), field.refusal()));
    }

    /** The texts among the fields, of a payload with others that can't be held. */
    private static JsonNode texts(byte[] payload) {
        ObjectNode texts = JSON.createObjectNode();
        try (JsonParser parser = UNLIMITED.createParser(payload)) {
            JsonToken first = parser.nextToken();
            while (first == JsonToken.START_OBJECT && parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.VALUE_STRING) {
                    texts.put(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
            return texts;
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    private static PromptSubmitted remains(JobId job, JsonNode fields) {
        GenerationSettings settings =
                GenerationSettings.DEFAULTS.withModel(fields.path("model").textValue());
        return PromptSubmitted.of(job, fields.path("prompt").asText(""), settings)
                .withRemixOf(value(fields.path("remixOf"), JobId.class))
                .withRequestDigest(value(fields.path("requestDigest"), Sha256.class));
    }

    private static <T> @Nullable T value(JsonNode node, Class<T> type) {
        try {
            return JSON.convertValue(node, type);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
