package dev.galatea.webhooks.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

import dev.galatea.events.ReceivedRecord;
import dev.galatea.events.TopicTail;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.WebhookAttempted;

/**
 * The latest attempts of all replicas: each reads the whole log topic. In memory, bounded: what came first is forgotten
 * first. Thread-safe.
 */
public final class DeliveryLog implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(DeliveryLog.class);

    /** Some hundred bytes each. */
    private static final int MAX_ENTRIES = 10_000;

    /** By place in the topic, so that what is read again is there once. */
    private final Map<String, WebhookAttempted> entries = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, WebhookAttempted> eldest) {
            return size() > MAX_ENTRIES;
        }
    };

    private final TopicTail tail;

    /** @param kafka the connection to the broker */
    public DeliveryLog(Map<String, Object> kafka, Duration replay) {
        Map<String, Object> committed = new HashMap<>(kafka);
        committed.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        tail = TopicTail.since(committed, EventType.WEBHOOK_ATTEMPTED.topic(), replay, this::read);
    }

    /** Begins to read; to be called once. */
    public void start() {
        tail.start();
    }

    @Override
    public void close() {
        tail.close();
    }

    /** The latest attempts that match, newest first. */
    public List<WebhookAttempted> latest(Predicate<WebhookAttempted> matching, int limit) {
        List<WebhookAttempted> found;
        synchronized (this) {
            found = new ArrayList<>(entries.values());
        }
        return found.stream()
                .filter(matching)
                .sorted((one, other) -> other.at().compareTo(one.at()))
                .limit(limit)
                .toList();
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        try {
            WebhookAttempted attempt = EventCodec.read(
                    WebhookAttempted.class, record.key(), record.value(), new ReceivedRecord(record).headers());
            synchronized (this) {
                entries.put(record.partition() + "/" + record.offset(), attempt);
            }
        } catch (MalformedEventException e) {
            LOG.warnf("unreadable attempt ignored partition=%d offset=%d", record.partition(), record.offset());
        }
    }
}
