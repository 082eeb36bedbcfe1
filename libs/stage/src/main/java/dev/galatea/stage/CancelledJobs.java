package dev.galatea.stage;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.ReceivedRecord;
import dev.galatea.events.TopicTail;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.id.JobId;
import dev.galatea.worker.Stoppable;

/**
 * The jobs that clients cancelled or deleted. Every stage's process reads the whole command topic from its beginning
 * and then follows it, without a consumer group, because each must know every command. Kept in memory, within bounds
 * ({@link CancelReasons}). Thread-safe.
 */
// Made with the stage that it is injected into, not at the first job; and not at all in services that may not read
// commands.
@Singleton
public class CancelledJobs implements Stoppable {

    private static final Logger LOG = Logger.getLogger(CancelledJobs.class);
    private static final long MAX_BYTES = 16L << 20;

    private final Map<String, Object> broker;
    private final CancelReasons reasons = new CancelReasons(MAX_BYTES);
    private @Nullable TopicTail tail;

    @Inject
    CancelledJobs(@Identifier("default-kafka-broker") Map<String, Object> broker) {
        this.broker = Map.copyOf(broker);
    }

    /** Returns the reason for which a job is to stop; empty if it is not cancelled. */
    public Optional<String> reasonFor(JobId jobId) {
        return reasons.of(jobId);
    }

    /** Keeps commands to a job from being forgotten until {@link #end}. */
    void begin(JobId jobId) {
        reasons.begin(jobId);
    }

    /** Ends what {@link #begin} began. */
    void end(JobId jobId) {
        reasons.end(jobId);
    }

    @PostConstruct
    void start() {
        tail = TopicTail.fromBeginning(broker, EventType.COMMAND.topic(), this::read)
                .start();
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        try {
            // As job-tracking reads it: what one obeys and the other doesn't would leave a job without an end.
            JobCommand command = EventCodec.read(
                    JobCommand.class, record.key(), record.value(), new ReceivedRecord(record).headers());
            if (command.action() == JobCommand.Action.CANCEL) {
                reasons.add(command.jobId(), command.reason());
            }
        } catch (MalformedEventException e) {
            // Job-tracking reads the same topic and dead-letters what it can't read.
            LOG.debugf(
                    "unreadable command ignored offset=%d at=%s",
                    record.offset(), Instant.ofEpochMilli(record.timestamp()));
        }
    }

    @PreDestroy
    @Override
    public void stop() {
        if (tail != null) {
            tail.close();
        }
    }
}
