package dev.galatea.stage;

import java.time.Instant;
import java.util.LinkedHashMap;
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

import dev.galatea.events.TopicTail;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.id.JobId;

/**
 * The jobs that clients cancelled or deleted. Every stage's process reads the whole command topic from its beginning
 * and then follows it, without a consumer group, because each must know every command. Kept in memory, bounded in
 * number; the oldest are forgotten first. Thread-safe.
 */
// Made with the stage that it is injected into, not at the first job; and not at all in services that may not read
// commands.
@Singleton
public class CancelledJobs {

    private static final Logger LOG = Logger.getLogger(CancelledJobs.class);
    private static final int CAPACITY = 100_000;

    private final Map<String, Object> broker;
    private final Map<JobId, String> reasons = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobId, String> eldest) {
            return size() > CAPACITY;
        }
    };
    private @Nullable TopicTail tail;

    @Inject
    CancelledJobs(@Identifier("default-kafka-broker") Map<String, Object> broker) {
        this.broker = Map.copyOf(broker);
    }

    /** Returns the reason for which a job is to stop; empty if it is not cancelled. */
    public Optional<String> reasonFor(JobId jobId) {
        synchronized (reasons) {
            return Optional.ofNullable(reasons.get(jobId));
        }
    }

    @PostConstruct
    void start() {
        tail = TopicTail.fromBeginning(broker, EventType.COMMAND.topic(), this::read)
                .start();
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        try {
            JobCommand command = EventCodec.read(JobCommand.class, record.value());
            if (command.action() == JobCommand.Action.CANCEL) {
                synchronized (reasons) {
                    reasons.putIfAbsent(command.jobId(), command.reason());
                }
            }
        } catch (MalformedEventException e) {
            // Job-tracking reads the same topic and dead-letters what it can't read.
            LOG.debugf(
                    "unreadable command ignored offset=%d at=%s",
                    record.offset(), Instant.ofEpochMilli(record.timestamp()));
        }
    }

    @PreDestroy
    void stop() {
        if (tail != null) {
            tail.close();
        }
    }
}
