package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.ReceivedRecord;
import dev.galatea.events.TopicTail;
import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.id.JobId;
import dev.galatea.worker.Stoppable;

/**
 * The latest reports of the stages. Every replica reads the whole topic, so each can replay a job's reports from any
 * place. In memory, bounded: the reports of the job that began first are forgotten first. Thread-safe.
 */
@ApplicationScoped
public class ProgressLog implements Stoppable {

    private static final Logger LOG = Logger.getLogger(ProgressLog.class);

    /** The time without a report after which a worker is taken to be gone. */
    private static final Duration QUIET = Duration.ofMinutes(15);

    /** The memory that reports take at most, by estimate: some hundred thousand of usual length. */
    private static final long MAX_BYTES = 64L << 20;

    /** The memory of a report without its texts. */
    private static final long ENTRY_BYTES = 300;

    /** The most workers that are known at once; anybody may claim to be one. */
    private static final int MAX_WORKERS = 1_000;

    private final Map<JobId, JobReports> byJob = new LinkedHashMap<>();
    private final Map<String, WorkerSeen> workers = new ConcurrentHashMap<>();
    private final Listeners<Consumer<ProgressEntry>> listeners = new Listeners<>();
    private final TopicTail tail;
    private long bytes;

    /** The reports of one job, and their memory. */
    private static final class JobReports {

        private final Deque<ProgressEntry> entries = new ArrayDeque<>();
        private long bytes;
    }

    @Inject
    ProgressLog(GatewayConfig config, @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        tail = TopicTail.since(kafka, EventType.PROGRESS.topic(), config.progressReplay(), this::read);
    }

    /**
     * The reports of a job, in the order of the log.
     *
     * @param after a place of which the reader has seen everything; absent for all that is known
     */
    public synchronized List<ProgressEntry> of(JobId jobId, @Nullable String after) {
        JobReports known = byJob.get(jobId);
        return known == null
                ? List.of()
                : known.entries.stream()
                        .filter(entry -> after == null || entry.isAfter(after))
                        .toList();
    }

    /** The workers that said something lately. */
    public Collection<WorkerSeen> workers() {
        return List.copyOf(workers.values());
    }

    /**
     * Calls a listener for every report from now on, of one job or, if none is given, of all. One thread calls;
     * listeners must return at once.
     */
    public void listen(@Nullable JobId only, Consumer<ProgressEntry> listener) {
        listeners.add(only, listener);
    }

    /** Ends what {@link #listen} began. */
    public void unlisten(@Nullable JobId only, Consumer<ProgressEntry> listener) {
        listeners.remove(only, listener);
    }

    /** The number of listeners. */
    int subscriptionCount() {
        return listeners.count();
    }

    /** Without a door nobody asks, as in a process that makes one clip. */
    void start(
            @Observes StartupEvent event,
            @ConfigProperty(name = "quarkus.http.host-enabled", defaultValue = "true") boolean door) {
        if (door) {
            tail.start();
        }
    }

    void stop(@Observes ShutdownEvent event) {
        stop();
    }

    @Override
    public void stop() {
        tail.close();
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        try {
            Progress progress =
                    EventCodec.read(Progress.class, record.key(), record.value(), new ReceivedRecord(record).headers());
            add(new ProgressEntry(record.partition(), record.offset(), progress), record.value().length);
        } catch (MalformedEventException e) {
            // Job-tracking reads the same topic and dead-letters what it can't read.
            LOG.debugf("unreadable progress ignored partition=%d offset=%d", record.partition(), record.offset());
        }
    }

    /** Adds a report as it comes from the topic. */
    void add(ProgressEntry entry, int payloadBytes) {
        Progress progress = entry.progress();
        synchronized (this) {
            JobReports known = byJob.computeIfAbsent(progress.jobId(), id -> new JobReports());
            ProgressEntry last = known.entries.peekLast();
            if (last != null && !entry.isAfter(last.id())) {
                // Read again after the consumer was opened anew.
                return;
            }
            long size = ENTRY_BYTES + payloadBytes;
            known.entries.add(entry);
            known.bytes += size;
            bytes += size;
            forgetEldest();
        }
        String worker = progress.stage() + "/" + progress.worker();
        if (workers.size() < MAX_WORKERS || workers.containsKey(worker)) {
            workers.put(worker, seen(progress));
        }
        listeners.tell(progress.jobId(), listener -> listener.accept(entry));
    }

    private void forgetEldest() {
        Iterator<JobReports> eldest = byJob.values().iterator();
        while (bytes > MAX_BYTES && eldest.hasNext()) {
            bytes -= eldest.next().bytes;
            eldest.remove();
        }
        Instant longAgo = Instant.now().minus(QUIET);
        workers.values().removeIf(worker -> worker.at().isBefore(longAgo));
    }

    private static WorkerSeen seen(Progress progress) {
        ProgressDetail detail = progress.detail();
        boolean over = detail instanceof ProgressDetail.Finished
                || detail instanceof ProgressDetail.Failed
                || detail instanceof ProgressDetail.Retrying;
        Instant now = Instant.now();
        Instant at = progress.at().isAfter(now) ? now : progress.at();
        return new WorkerSeen(progress.stage(), progress.worker(), at, over ? null : progress.jobId());
    }
}
