package dev.galatea.jobtracking.backlog;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.apache.kafka.common.errors.InterruptException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.Pools;
import dev.galatea.events.QueueConfig;
import dev.galatea.jobtracking.config.BacklogConfig;
import dev.galatea.model.pipeline.Pipeline;

/**
 * Publishes the backlog of each stage and pool as gauges. Every replica of job-tracking publishes the same numbers, so
 * whoever adds them up takes the maximum. While the broker does not answer they are not a number: better none than old
 * ones.
 */
@ApplicationScoped
class BacklogMonitor {

    private static final Logger LOG = Logger.getLogger(BacklogMonitor.class);
    private static final Duration LEAVING = Duration.ofSeconds(5);

    private final List<StageQueue> queues;
    private final Map<StageQueue, Backlog> newest = new ConcurrentHashMap<>();
    private final Map<String, Object> broker;
    private final WorkEstimate estimate;
    private final Duration interval;
    private final MeterRegistry meters;
    private final ReentrantLock reading = new ReentrantLock();
    private @Nullable BacklogReader reader;
    private @Nullable ScheduledFuture<?> looking;

    @Inject
    BacklogMonitor(
            QueueConfig queue,
            BacklogConfig config,
            Pools pools,
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            WorkEstimate estimate,
            MeterRegistry meters) {
        this.broker = Map.copyOf(broker);
        this.estimate = estimate;
        this.interval = config.interval();
        this.meters = meters;
        queues = StageQueue.all(Pipeline.current(), pools.all(), queue.mode() == QueueConfig.Mode.SHARE);
    }

    void start(@Observes StartupEvent event) {
        for (StageQueue queue : queues) {
            gauge(queue, "galatea.backlog.jobs", "Jobs that the stage has not finished", Backlog::jobs);
            gauge(
                    queue,
                    "galatea.backlog.work.seconds",
                    "Estimated seconds that one worker needs for the jobs that the stage has not finished",
                    Backlog::workSeconds);
            gauge(
                    queue,
                    "galatea.backlog.oldest.seconds",
                    "How long the oldest job that the stage has not finished has been queued",
                    BacklogMonitor::age);
        }
        // The first look comes late, so that it is not in the way of a start.
        looking = Infrastructure.getDefaultWorkerPool()
                .scheduleWithFixedDelay(this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (looking != null) {
            looking.cancel(true);
        }
        if (reading.tryLock(LEAVING.toMillis(), TimeUnit.MILLISECONDS)) {
            try {
                closeReader();
            } finally {
                reading.unlock();
            }
        }
    }

    private void gauge(StageQueue queue, String name, String description, ToDoubleFunction<Backlog> value) {
        Gauge.builder(name, newest, known -> {
                    Backlog backlog = known.get(queue);
                    return backlog == null ? Double.NaN : value.applyAsDouble(backlog);
                })
                .description(description)
                .tag("stage", queue.definition().metricsLabel())
                .tag("pool", queue.pool().name())
                .register(meters);
    }

    private static double age(Backlog backlog) {
        Instant oldest = backlog.oldest();
        return oldest == null
                ? 0
                : Math.max(0, Duration.between(oldest, Instant.now()).toMillis() / 1e3);
    }

    private void look() {
        reading.lock();
        try {
            BacklogReader open = reader == null ? new BacklogReader(broker, estimate) : reader;
            reader = open;
            for (StageQueue queue : queues) {
                newest.put(queue, open.read(queue));
            }
        } catch (InterruptedException | InterruptException e) {
            closeReader();
            LOG.debug("interrupted");
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            // A schedule ends with the first exception that it sees.
            newest.clear();
            closeReader();
            LOG.warnf("backlog not known reason=%s", e);
        } finally {
            reading.unlock();
        }
    }

    private void closeReader() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }
}
