package dev.galatea.model.event;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * An event with its CloudEvents 1.0 attributes, and the Kafka protocol binding of both in binary content mode:
 * attributes are {@code ce_*} headers, the payload is the record's value, the job id is the record's key.
 *
 * @param id unique within {@code source}; see {@link EventIds}
 * @param source which service says so, a URI reference such as {@code /services/denoising}
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">Kafka
 *     Protocol Binding for CloudEvents</a>
 */
public record CloudEvent(UUID id, String source, Instant time, Event event) {

    /** The specification's version that headers name. */
    public static final String SPEC_VERSION = "1.0";

    /** Header names. */
    public static final String ID = "ce_id";

    public static final String SOURCE = "ce_source";
    public static final String SPECVERSION = "ce_specversion";
    public static final String TYPE = "ce_type";
    public static final String TIME = "ce_time";
    public static final String SUBJECT = "ce_subject";
    public static final String CONTENT_TYPE = "content-type";

    public CloudEvent {
        Fields.require("id", id);
        Fields.require("source", source);
        Fields.require("time", time);
        Fields.require("event", event);
    }

    /** The event's type, which names its topic and schema. */
    public EventType type() {
        return EventType.of(event);
    }

    /** The record key: the job id, in UTF-8. */
    public byte[] key() {
        return event.jobId().toString().getBytes(UTF_8);
    }

    /** The record headers of binary content mode, in UTF-8. */
    public Map<String, byte[]> headers() {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(SPECVERSION, SPEC_VERSION.getBytes(UTF_8));
        headers.put(ID, id.toString().getBytes(UTF_8));
        headers.put(SOURCE, source.getBytes(UTF_8));
        headers.put(TYPE, type().cloudEventsType().getBytes(UTF_8));
        headers.put(TIME, time.toString().getBytes(UTF_8));
        headers.put(SUBJECT, key());
        headers.put(CONTENT_TYPE, "application/json".getBytes(UTF_8));
        return headers;
    }

    /** The record value: the payload as JSON. */
    public byte[] payload() {
        return EventCodec.write(event);
    }
}
