package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a Kafka Streams instance open: whatever ends it, a new one is opened after a pause. Its state is only a copy, so a
 * damaged one is thrown away and built again. Thread-safe.
 */
final class JobStreams implements JobStore {

    private static final Logger LOG = Logger.getLogger(JobStreams.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final long FIRST_PAUSE_MILLIS = 250;

    private final Topology topology;
    private final Properties properties;
    private final Duration maxPause;
    private final Thread keeper;
    private volatile @Nullable KafkaStreams current;
    private volatile boolean closed;

    JobStreams(Topology topology, Properties properties, Duration maxPause) {
        this.topology = topology;
        this.properties = properties;
        this.maxPause = maxPause;
        keeper = new Thread(this::keepOpen, "gateway-jobs");
        keeper.setDaemon(true);
    }

    @Override
    public void start() {
        keeper.start();
    }

    @Override
    public ReadOnlyKeyValueStore<String, byte[]> open() throws JobsUnavailableException {
        KafkaStreams running = running()
                .orElseThrow(
                        () -> new JobsUnavailableException("the job states are still being read; try again", null));
        return running.store(StoreQueryParameters.fromNameAndType(
                JobsTopology.STORE, QueryableStoreTypes.<String, byte[]>keyValueStore()));
    }

    @Override
    public boolean isReady() {
        return running().isPresent();
    }

    @Override
    public boolean isAlive() {
        return keeper.isAlive();
    }

    /** The instance, once its store is filled. */
    private Optional<KafkaStreams> running() {
        return Optional.ofNullable(current).filter(streams -> streams.state() == KafkaStreams.State.RUNNING);
    }

    @Override
    public void close() {
        closed = true;
        KafkaStreams open = current;
        if (open != null) {
            open.close(CLOSE_TIMEOUT);
        }
        keeper.interrupt();
        try {
            keeper.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keepOpen() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            try {
                if (runOnce()) {
                    pause = FIRST_PAUSE_MILLIS;
                }
                Thread.sleep(pause);
                pause = Math.min(2 * pause, maxPause.toMillis());
            } catch (InterruptedException e) {
                if (closed) {
                    return;
                }
            }
        }
    }

    /** Runs one instance until it ends; says whether it had been running. */
    private boolean runOnce() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        boolean started = false;
        KafkaStreams streams = new KafkaStreams(topology, properties);
        try {
            streams.setStateListener((now, before) -> {
                if (now == KafkaStreams.State.ERROR || now == KafkaStreams.State.NOT_RUNNING) {
                    ended.countDown();
                }
            });
            streams.setUncaughtExceptionHandler(failure -> {
                LOG.warnf("job states: the copy ended reason=%s", failure);
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            });
            current = streams;
            // Returns when the store is filled.
            streams.start();
            started = true;
            LOG.info("job states: the copy is complete");
            ended.await();
        } catch (RuntimeException e) {
            LOG.warnf("job states: the copy can't be opened reason=%s", e);
            if (!closed && !hasCause(e, TimeoutException.class)) {
                discard(streams);
            }
        } finally {
            current = null;
            streams.close(CLOSE_TIMEOUT);
        }
        return started;
    }

    private static void discard(KafkaStreams streams) {
        streams.close(CLOSE_TIMEOUT);
        try {
            streams.cleanUp();
        } catch (RuntimeException e) {
            LOG.warnf("job states: the copy can't be removed reason=%s", e);
        }
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
