package dev.galatea.streams;

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
 * tells. Thread-safe.
 */
public final class KafkaStreamsSupervisor implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(KafkaStreamsSupervisor.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final StreamsApplication application;
    private final ScheduledExecutorService executor;
    private final SupervisorListener listener;
    private final Failures failures;
    private volatile @Nullable KafkaStreams current;
    private volatile boolean closed;

    /**
     * Creates a supervisor that does nothing yet.
     *
     * @param executor opens instances, which blocks while a copy is filled
     */
    public KafkaStreamsSupervisor(
            StreamsApplication application, ScheduledExecutorService executor, SupervisorListener listener) {
        this.application = application;
        this.executor = executor;
        this.listener = listener;
        failures = new Failures(application.maxPause(), Instant::now);
    }

    /** Starts the application in the background; to be called once. */
    public void start() {
        schedule(Duration.ZERO);
    }

    /** Returns the instance if it runs: its partitions are assigned, its stores are filled. */
    public Optional<KafkaStreams> running() {
        return Optional.ofNullable(current).filter(streams -> streams.state() == State.RUNNING);
    }

    /**
     * Tells whether the application does its work: an instance runs or shares out its partitions, and nothing has
     * failed again and again for more than a minute.
     */
    public boolean isReady() {
        KafkaStreams streams = current;
        return streams != null
                && streams.state() != State.CREATED
                && streams.state().isRunningOrRebalancing()
                && failures.persistent() == null;
    }

    /** Returns the class of the failure that comes again and again; its message is in the log. */
    public Optional<String> persistentFailure() {
        return Optional.ofNullable(failures.persistent())
                .map(failure -> failure.getClass().getSimpleName());
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
    }

    private void schedule(Duration pause) {
        if (closed) {
            return;
        }
        try {
            executor.schedule(this::open, pause.toMillis(), TimeUnit.MILLISECONDS);
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

    private void stateChanged(KafkaStreams streams, State now) {
        // Once an instance, and not for one that could not be started, which is no longer the current one.
        if (now == State.ERROR && streams == current) {
            executor.execute(() -> {
                close(streams);
                reopen(streams, new IllegalStateException("the instance ended"));
            });
        }
    }

    private synchronized void reopen(@Nullable KafkaStreams ended, Throwable reason) {
        if (current != ended) {
            return;
        }
        current = null;
        listener.failed();
        schedule(failures.next(reason));
    }

    private StreamThreadExceptionResponse threadFailed(Throwable failure) {
        if (application.recovery() == Recovery.REBUILD_COPY) {
            LOG.warnf("%s: ended, is opened again reason=%s", application.name(), failure);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        Duration pause = failures.next(failure);
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
