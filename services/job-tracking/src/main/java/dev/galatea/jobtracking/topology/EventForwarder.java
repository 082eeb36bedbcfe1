package dev.galatea.jobtracking.topology;

import java.time.Instant;
import java.util.UUID;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jboss.logging.Logger;

import dev.galatea.deadletters.DeadLetterRecords;
import dev.galatea.events.Tracing;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.streams.SourceRecord;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Forwards a task's output: events in CloudEvents binary mode with deterministic ids, dead letters, rerouted records.
 */
final class EventForwarder {

    static final String SOURCE = "/services/job-tracking";

    private static final String SERVICE = "galatea-job-tracking";

    private static final Logger LOG = Logger.getLogger(EventForwarder.class);

    private final ProcessorContext<byte[], byte[]> context;
    private final TrackedTopics topics;
    private final TrackingMetrics metrics;
    private final Tracing tracing;
    private final TopicLayout layout;
    private final DeadLetterRecords deadLetters;

    EventForwarder(
            ProcessorContext<byte[], byte[]> context,
            TrackedTopics topics,
            TrackingMetrics metrics,
            Tracing tracing,
            TopicLayout layout) {
        this.context = context;
        this.topics = topics;
        this.metrics = metrics;
        this.tracing = tracing;
        this.layout = layout;
        this.deadLetters = new DeadLetterRecords(SERVICE, layout.maxRecordBytes(EventType.DEAD_LETTER_TOPIC));
    }

    /** A serialised event and its topic; only the broker can still refuse it. */
    record OutgoingRecord(String topic, Record<byte[], byte[]> record) {}

    OutgoingRecord outgoing(Event event, RecordMetadata cause) {
        return outgoing(event, cause.topic() + "/" + cause.partition() + "/" + cause.offset());
    }

    /** @param cause tells what happens to a job more than once apart */
    OutgoingRecord outgoing(Event event, String cause) {
        EventType type = EventType.of(event);
        boolean several = type == EventType.JOB_STATE || type == EventType.COMMAND;
        UUID id = several ? EventIds.of(event.jobId(), type, cause) : EventIds.of(event.jobId(), type);
        long now = context.currentSystemTimeMs();
        CloudEvent cloudEvent = new CloudEvent(id, SOURCE, Instant.ofEpochMilli(now), event);
        Headers headers = new RecordHeaders();
        cloudEvent.headers().forEach(headers::add);
        tracing.inject(headers);
        return new OutgoingRecord(
                Pipeline.current().topicOf(event), new Record<>(cloudEvent.key(), cloudEvent.payload(), now, headers));
    }

    /** Says whether an event can be sent; not if it is for a pool that is no longer in the configuration. */
    boolean canSend(Event event) {
        return topics.canWrite(Pipeline.current().topicOf(event));
    }

    void send(OutgoingRecord output) {
        context.forward(output.record(), output.topic());
    }

    /** Says whether a topic takes no record of this length. */
    boolean isTooLong(Record<byte[], byte[]> record, String topic) {
        return DeadLetterRecords.sizeOf(record.key(), record.value(), record.headers()) > layout.maxRecordBytes(topic);
    }

    /** Removes a job's state from the compacted topic. */
    void forget(JobState job) {
        byte[] key = job.jobId().toString().getBytes(UTF_8);
        String submitted = Long.toString(job.submittedAt().toEpochMilli());
        Headers headers = new RecordHeaders().add(EventIds.SUBMITTED_AT, submitted.getBytes(UTF_8));
        Record<byte[], byte[]> tombstone = new Record<>(key, null, context.currentSystemTimeMs(), headers);
        context.forward(tombstone, EventType.JOB_STATE.topic());
    }

    /** Says again that a job is forgotten. */
    void forgotten(JobId jobId) {
        byte[] key = jobId.toString().getBytes(UTF_8);
        context.forward(new Record<>(key, null, context.currentSystemTimeMs()), EventType.JOB_STATE.topic());
    }

    /** Sends a record to the partition that it belongs to; the sink knows which that is. */
    void reroute(Record<byte[], byte[]> record, RecordMetadata from) {
        String to = topics.destinationOf(from.topic());
        if (to.equals(topics.handovers())) {
            Handover.putOrigin(record.headers(), from);
        }
        if (isTooLong(record, to)) {
            deadLetter(record, from, "too_large", "the record is too long to be sent to its partition");
            return;
        }
        context.forward(record, TrackingTopology.REROUTE);
        if (to.equals(from.topic())) {
            metrics.rerouted();
        }
    }

    void deadLetter(Record<byte[], byte[]> record, RecordMetadata from, String code, String reason) {
        Tracing.failed(code);
        LOG.warnf(
                "dead letter topic=%s partition=%d offset=%d code=%s",
                from.topic(), from.partition(), from.offset(), code);
        ProducerRecord<byte[], byte[]> letter = deadLetters.of(
                new SourceRecord(record, from), record.headers(), new Failure(FailureCause.POISON, code, reason));
        context.forward(
                new Record<>(letter.key(), letter.value(), context.currentSystemTimeMs(), letter.headers()),
                letter.topic());
        metrics.deadLettered(from.topic(), code);
    }
}
