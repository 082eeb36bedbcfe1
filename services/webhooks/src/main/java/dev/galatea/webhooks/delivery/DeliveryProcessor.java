package dev.galatea.webhooks.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.deadletters.DeadLetterRecords;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.event.WebhookAttempted;
import dev.galatea.model.event.WebhookAttempted.Outcome;
import dev.galatea.streams.SourceRecord;

/**
 * Turns each terminal event into one open delivery per endpoint, has those made that are due, and settles what was
 * made. The store, the log and the place in the input change in one transaction; attempts are outside of it, so that
 * after a crash one may be made again, and none is forgotten. One thread calls; attempts end on others.
 */
final class DeliveryProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

    private static final Logger LOG = Logger.getLogger(DeliveryProcessor.class);
    private static final Duration TICK = Duration.ofMillis(200);
    private static final String SOURCE = "/services/webhooks";
    private static final DeadLetterRecords DEAD_LETTERS =
            new DeadLetterRecords("galatea-webhooks", Deliveries.MAX_REQUEST_BYTES);

    private final WebhookSender sender;
    private final BackOff backOff;
    private final DeliveryMetrics metrics;
    private final Queue<Settled> settled = new ConcurrentLinkedQueue<>();

    /** By key: deliveries of which an attempt is being made. */
    private final Map<String, Delivery> inFlight = new HashMap<>();

    private DeliveryMetrics.Share share;
    private KeyValueStore<String, byte[]> open;
    private boolean recovered;

    private record Settled(String key, Attempt attempt) {}

    DeliveryProcessor(WebhookSender sender, BackOff backOff, DeliveryMetrics metrics) {
        this.sender = sender;
        this.backOff = backOff;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        open = context.getStateStore(WebhooksTopology.OPEN);
        share = metrics.share();
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        recover();
        SourceRecord source =
                new SourceRecord(record, context().recordMetadata().orElseThrow());
        VideoFinished finished;
        try {
            finished = EventCodec.read(VideoFinished.class, record.key(), record.value(), source.headers());
        } catch (MalformedEventException e) {
            deadLetter(source, e);
            return;
        }
        Instant now = now();
        if (backOff.isOver(finished.finishedAt(), now)) {
            LOG.infof("too old to be told jobId=%s finishedAt=%s", finished.jobId(), finished.finishedAt());
            return;
        }
        for (String endpoint : sender.endpoints()) {
            Delivery delivery = Delivery.of(finished, endpoint, now);
            put(now, delivery);
            share.opened(endpoint);
        }
        sendWhatIsDue(now.toEpochMilli());
    }

    @Override
    public void close() {
        share.end();
    }

    private void tick(long millis) {
        recover();
        boolean changed = false;
        for (Settled next = settled.poll(); next != null; next = settled.poll()) {
            settle(next);
            changed = true;
        }
        sendWhatIsDue(millis);
        if (changed) {
            // Whoever reads the log needn't wait for the end of the interval.
            context().commit();
        }
    }

    /** Counts what an earlier owner left open, and forgets what is for endpoints that are no more. */
    private void recover() {
        if (recovered) {
            return;
        }
        List<String> orphans = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> all = open.all()) {
            while (all.hasNext()) {
                String key = all.next().key;
                if (sender.endpoints().contains(DeliveryKey.endpointOf(key))) {
                    share.opened(DeliveryKey.endpointOf(key));
                } else {
                    orphans.add(key);
                }
            }
        }
        orphans.forEach(open::delete);
        if (!orphans.isEmpty()) {
            LOG.warnf("deliveries for endpoints that are not configured any more are dropped count=%d", orphans.size());
        }
        recovered = true;
    }

    private void sendWhatIsDue(long millis) {
        for (String endpoint : sender.endpoints()) {
            long sending = inFlight.values().stream()
                    .filter(delivery -> delivery.endpoint().equals(endpoint))
                    .count();
            send(endpoint, sender.concurrency() - sending, millis);
        }
    }

    private void send(String endpoint, long room, long millis) {
        if (room <= 0) {
            return;
        }
        long left = room;
        try (KeyValueIterator<String, byte[]> due =
                open.range(DeliveryKey.first(endpoint), DeliveryKey.after(endpoint, millis))) {
            while (left > 0 && due.hasNext()) {
                KeyValue<String, byte[]> entry = due.next();
                if (!inFlight.containsKey(entry.key)) {
                    Delivery delivery = Delivery.fromBytes(entry.value);
                    inFlight.put(entry.key, delivery);
                    sender.send(delivery, attempt -> settled.add(new Settled(entry.key, attempt)));
                    left--;
                }
            }
        }
    }

    private void settle(Settled done) {
        Delivery delivery = inFlight.remove(done.key()).afterAttempt();
        open.delete(done.key());
        Optional<Attempt.Failed> failure = done.attempt().failure();
        Instant next =
                failure.flatMap(failed -> backOff.next(delivery, failed, now())).orElse(null);
        if (next != null) {
            put(next, delivery);
        }
        Outcome outcome = failure.isEmpty() ? Outcome.DELIVERED : next == null ? Outcome.GIVEN_UP : Outcome.RETRYING;
        if (next == null) {
            share.closed(delivery.endpoint());
        }
        metrics.attempted(delivery.endpoint(), outcome, done.attempt().took());
        log(delivery, done.attempt(), outcome, next);
    }

    private void put(Instant due, Delivery delivery) {
        open.put(DeliveryKey.of(delivery.endpoint(), due, delivery.jobId()), delivery.toBytes());
    }

    private void log(Delivery delivery, Attempt attempt, Outcome outcome, @Nullable Instant next) {
        WebhookAttempted event = new WebhookAttempted(
                delivery.jobId(),
                delivery.endpoint(),
                delivery.webhookId(),
                delivery.type(),
                delivery.attempts(),
                outcome,
                attempt.statusCode(),
                attempt.failure().map(Attempt.Failed::error).orElse(null),
                attempt.at(),
                attempt.took().toMillis() / 1000.0,
                next);
        CloudEvent cloudEvent = new CloudEvent(
                EventIds.of(event.jobId(), EventType.WEBHOOK_ATTEMPTED, event.endpoint() + "/" + event.attempt()),
                SOURCE,
                now(),
                event);
        Headers headers = new RecordHeaders();
        cloudEvent.headers().forEach(headers::add);
        forward(cloudEvent.key(), cloudEvent.payload(), headers, EventType.WEBHOOK_ATTEMPTED.topic());
    }

    private void deadLetter(SourceRecord source, MalformedEventException why) {
        Failure failure = new Failure(FailureCause.POISON, why.reason().wireName(), String.valueOf(why.getMessage()));
        ProducerRecord<byte[], byte[]> letter =
                DEAD_LETTERS.of(source, source.record().headers(), failure);
        LOG.warnf("dead letter topic=%s partition=%d offset=%d", source.topic(), source.partition(), source.offset());
        forward(letter.key(), letter.value(), letter.headers(), letter.topic());
        metrics.deadLettered(source.topic(), failure.code());
    }

    private void forward(byte[] key, byte[] value, Headers headers, String topic) {
        context().forward(new Record<>(key, value, context().currentSystemTimeMs(), headers), topic);
    }

    private Instant now() {
        return Instant.ofEpochMilli(context().currentSystemTimeMs());
    }
}
