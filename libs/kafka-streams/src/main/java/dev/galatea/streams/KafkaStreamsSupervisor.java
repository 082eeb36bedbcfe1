package dev.galatea.streams;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.streams.StreamsApplication.Recovery;

/**
 * Keeps a Kafka Streams application running: a thread that fails is replaced, an instance that ends or can't be started
 * is opened anew, with growing pauses between attempts. No defect of a record should get that far; what remains is a
 * broker or a disk that doesn't answer, which passes, or topics that are not as they must be, which {@link #isReady}
 * tells. An instance is also opened anew when the computer's clock was set back. Thread-safe.
 */
public final class KafkaStreamsSupervisor implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(KafkaStreamsSupervisor.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(30);

    private final StreamsApplication application;
    private final ScheduledExecutorService executor;
    private final SupervisorListener listener;
    private final Troubles troubles;
    private final TopicWatch topics;
    private final ClockWatch clock;
    private final Duration watchInterval;
    private volatile @Nullable KafkaStreams current;
    private volatile boolean closed;

    /**
     * Creates a supervisor that does nothing yet.
     *
     * @param executor opens instances, which blocks while a copy is filled
     */
    public KafkaStreamsSupervisor(
            StreamsApplication application, ScheduledExecutorService executor, SupervisorListener listener) {
        this(application, executor, listener, WATCH_INTERVAL, Clock.systemUTC());
    }

    KafkaStreamsSupervisor(
            StreamsApplication application,
            ScheduledExecutorService executor,
            SupervisorListener listener,
            Duration watchInterval,
            Clock clock) {
        this.application = application;
        this.executor = executor;
        this.listener = listener;
        this.watchInterval = watchInterval;
        this.clock = new ClockWatch(clock, System::nanoTime);
        troubles = new Troubles(application, Instant::now);
        topics = new TopicWatch(
                application.properties(), application.topics(), application.recovery() != Recovery.REBUILD_COPY, clock);
    }

    /** Starts the application in the background; to be called once. */
    public void start() {
        schedule(this::open, Duration.ZERO);
        schedule(this::watch, watchInterval);
    }

    /** Returns the instance if it runs: its partitions are assigned, its stores are filled. */
    public Optional<KafkaStreams> running() {
        return Optional.ofNullable(current).filter(streams -> streams.state() == State.RUNNING);
    }

    /**
     * Tells whether the application does its work: an instance runs, or shares out its partitions for not too long, its
     * topics are as it needs them, and nothing has failed again and again for more than a minute.
     */
    public boolean isReady() {
        KafkaStreams streams = current;
        return streams != null
                && streams.state() != State.CREATED
                && streams.state().isRunningOrRebalancing()
                && troubles.reason().isEmpty();
    }

    /** Returns the reason why the application is not ready, in words for operators, as soon as it is known. */
    public Optional<String> trouble() {
        return troubles.reason();
    }

    /** Tells whether the supervisor itself still works; if not, only a restart of the process helps. */
    public boolean isAlive() {
        return closed || !executor.isShutdown();
    }

    /** Ends the application and leaves its group, so that other replicas go on at once. */
    @Override
    public void close() {
        closed = true;
        KafkaStreams open = current;
        if (open != null) {
            close(open);
        }
        topics.close();
    }

    private void schedule(Runnable task, Duration pause) {
        if (closed) {
            return;
        }
        try {
            executor.schedule(task, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.errorf("%s: can't be started again, the process is ending", application.name());
        }
    }

    private void open() {
        if (closed) {
            return;
        }
        KafkaStreams streams = null;
        try {
            streams = new KafkaStreams(application.topology().get(), application.properties());
            KafkaStreams opened = streams;
            streams.setUncaughtExceptionHandler(this::threadFailed);
            streams.setStateListener((now, before) -> stateChanged(opened, now));
            current = streams;
            topics.begin();
            troubles.topics(null);
            troubles.obstacle(null);
            troubles.running(false);
            listener.opened(streams);
            streams.start();
            LOG.infof("%s: started", application.name());
        } catch (RuntimeException e) {
            LOG.warnf("%s: can't be started reason=%s", application.name(), e);
            if (streams != null) {
                discard(streams, e);
            }
            reopen(streams, e);
        }
    }

    private void watch() {
        KafkaStreams streams = current;
        topics.look().ifPresent(seen -> observed(streams, seen));
        if (clock.wasSetBack() && streams != null && streams == current) {
            LOG.warnf("%s: the clock was set back; it is opened again, or its timers would wait", application.name());
            openAnew(streams, "the clock was set back");
        }
        schedule(this::watch, watchInterval);
    }

    private void observed(@Nullable KafkaStreams streams, TopicWatch.Observation seen) {
        String difference = seen.difference();
        boolean rebuilds = application.recovery() == Recovery.REBUILD_COPY;
        troubles.topics(rebuilds ? null : difference);
        troubles.obstacle(seen.obstacle());
        if (seen.obstacle() != null) {
            LOG.errorf("%s: %s", application.name(), seen.obstacle());
        }
        if (streams != null && streams == current && difference != null) {
            LOG.errorf("%s: %s when it started", application.name(), difference);
            if (rebuilds) {
                openAnew(streams, difference);
            }
        }
    }

    private void stateChanged(KafkaStreams streams, State now) {
        if (streams == current) {
            troubles.running(now == State.RUNNING);
        }
        // Once an instance, and not for one that could not be started, which is no longer the current one.
        if (now == State.ERROR && streams == current) {
            executor.execute(() -> openAnew(streams, "the instance ended"));
        }
    }

    private void openAnew(KafkaStreams ended, String reason) {
        close(ended);
        reopen(ended, new IllegalStateException(reason));
    }

    private synchronized void reopen(@Nullable KafkaStreams ended, Throwable reason) {
        if (current != ended) {
            return;
        }
        current = null;
        listener.failed();
        schedule(this::open, troubles.failed(reason));
    }

    private StreamThreadExceptionResponse threadFailed(Throwable failure) {
        if (application.recovery() == Recovery.REBUILD_COPY) {
            LOG.warnf("%s: ended, is opened again reason=%s", application.name(), failure);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        Duration pause = troubles.failed(failure);
        LOG.errorf(
                failure,
                "%s: a thread failed; a new one starts in pauseMillis=%d",
                application.name(),
                pause.toMillis());
        listener.failed();
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private void discard(KafkaStreams streams, RuntimeException reason) {
        close(streams);
        if (application.recovery() != Recovery.REBUILD_COPY || closed || hasCause(reason, TimeoutException.class)) {
            return;
        }
        try {
            streams.cleanUp();
        } catch (RuntimeException e) {
            LOG.warnf("%s: its local state can't be removed reason=%s", application.name(), e);
        }
    }

    private void close(KafkaStreams streams) {
        CloseOptions options = CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_TIMEOUT);
        if (!streams.close(options)) {
            LOG.warnf("%s: did not close in time seconds=%d", application.name(), CLOSE_TIMEOUT.toSeconds());
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
