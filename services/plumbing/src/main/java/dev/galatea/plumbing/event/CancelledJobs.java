package dev.galatea.plumbing.event;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.id.JobId;

/**
 * Which jobs somebody asked to stop. Every process reads the whole command topic from its beginning and then follows it,
 * without a consumer group, because each must know every command. Kept in memory, bounded in number; the oldest are
 * forgotten first. Thread-safe.
 */
@ApplicationScoped
public class CancelledJobs {

    private static final Logger LOG = Logger.getLogger(CancelledJobs.class);
    private static final int CAPACITY = 100_000;
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long PAUSE_AFTER_FAILURE_MS = 1000;

    private final Map<String, Object> broker;
    private final Map<JobId, String> reasons = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobId, String> eldest) {
            return size() > CAPACITY;
        }
    };
    private volatile boolean stopped;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable Thread thread;

    @Inject
    CancelledJobs(@Identifier("default-kafka-broker") Map<String, Object> broker) {
        this.broker = Map.copyOf(broker);
    }

    /** Why a job is to stop, if somebody asked for it. */
    public Optional<String> reasonFor(JobId jobId) {
        synchronized (reasons) {
            return Optional.ofNullable(reasons.get(jobId));
        }
    }

    void start(@Observes @Priority(TopicProvisioner.STARTUP_PRIORITY + 1) StartupEvent event) {
        thread = new Thread(this::follow, "galatea-commands");
        thread.setDaemon(true);
        thread.start();
    }

    private void follow() {
        while (!stopped) {
            try (KafkaConsumer<byte[], byte[]> fresh = open()) {
                consumer = fresh;
                while (!stopped) {
                    fresh.poll(POLL).forEach(this::read);
                }
            } catch (WakeupException e) {
                LOG.debug("stopping");
            } catch (RuntimeException e) {
                // Whatever it is: a worker that stops listening would burn hours on jobs that nobody wants.
                LOG.warnf("commands can't be read, trying again reason=%s", e);
                pause();
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> open() {
        Map<String, Object> config = new HashMap<>(broker);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        KafkaConsumer<byte[], byte[]> fresh =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = fresh.partitionsFor(EventType.COMMAND.topic()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new UnknownTopicOrPartitionException("topic " + EventType.COMMAND.topic() + " is not there yet");
            }
            fresh.assign(partitions);
            fresh.seekToBeginning(partitions);
            return fresh;
        } catch (RuntimeException e) {
            fresh.close();
            throw e;
        }
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

    private static void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopped = true;
        KafkaConsumer<byte[], byte[]> running = consumer;
        if (running != null) {
            running.wakeup();
        }
        if (thread != null) {
            thread.join(POLL.multipliedBy(2).toMillis());
        }
    }
}
