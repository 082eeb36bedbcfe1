package dev.galatea.gateway.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.id.JobId;
import dev.galatea.worker.WorkerConfig;

/**
 * The states of all jobs, from a whole copy of the compacted topic on this replica's disk. Only what is committed is seen.
 * Thread-safe.
 */
@ApplicationScoped
public class Jobs {

    private static final Logger LOG = Logger.getLogger(Jobs.class);

    /** Jobs from which a starting replica learns how long the stages take. */
    private static final int LESSONS = 20;

    private final Waiters waiters = new Waiters();
    private final OpenJobs open = new OpenJobs();
    private final RemainingWork remaining = new RemainingWork();
    private final Outlook outlook = new Outlook(open, remaining);
    private final List<JobListener> listeners = new CopyOnWriteArrayList<>();
    private final RecentSubmissions recent;
    private final JobStreams streams;

    @Inject
    Jobs(
            GatewayConfig config,
            WorkerConfig worker,
            RecentSubmissions recent,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.recent = recent;
        Properties properties = new Properties();
        kafka.forEach((name, value) -> properties.put(name, String.valueOf(value)));
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
        // A copy of another layout is left aside and built again.
        properties.put(
                StreamsConfig.STATE_DIR_CONFIG,
                worker.workDir().resolve("gateway-2").toString());
        properties.put(StreamsConfig.globalConsumerPrefix("isolation.level"), "read_committed");
        // How much is read again after a crash.
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "5000");
        streams = new JobStreams(JobsTopology.build(new Watching()), properties, config.maxRestartPause());
    }

    /** The state of a job; empty if this replica has not seen it. */
    public Optional<JobState> find(JobId jobId) throws JobsUnavailableException {
        return reading(store -> Optional.ofNullable(read(store, jobId.toString())));
    }

    /**
     * A page of jobs in the order of their submission.
     *
     * @param after the last job of the page before; absent for the first page
     */
    public JobPage list(@Nullable Phase phase, @Nullable JobId after, int limit, boolean newestFirst)
            throws JobsUnavailableException {
        return reading(store -> {
            List<String> ids = JobIndex.ids(store, phase, after, new JobIndex.Page(limit, newestFirst));
            List<JobState> states = new ArrayList<>();
            for (String id : ids.subList(0, Math.min(limit, ids.size()))) {
                JobState state = read(store, id);
                if (state != null) {
                    states.add(state);
                }
            }
            return new JobPage(states, ids.size() > limit);
        });
    }

    /** The jobs that are not done, in the order in which they were submitted. */
    public List<JobState> open() {
        return open.inOrder();
    }

    /** How many jobs are not done. */
    public int openCount() {
        return open.count();
    }

    /** How much is left of jobs. */
    public RemainingWork remaining() {
        return remaining;
    }

    /** What lies before a job: those ahead of it share the workers that are busy now. */
    public Forecast forecast(JobState state) {
        if (state.status().isDone()) {
            return Forecast.NONE;
        }
        return state.status() == JobStatus.RUNNING
                ? new Forecast(OptionalInt.empty(), remaining.of(state))
                : outlook.of(state);
    }

    /** From now on tells a listener of every change. */
    public void listen(JobListener listener) {
        listeners.add(listener);
    }

    /** Ends what {@link #listen} began. */
    public void unlisten(JobListener listener) {
        listeners.remove(listener);
    }

    /**
     * Waits for a state of a job that comes from now on.
     *
     * @return to be cancelled by whoever stops waiting
     */
    public CompletableFuture<Optional<JobState>> next(JobId jobId, Predicate<JobState> condition) {
        return waiters.until(jobId, state -> state.filter(condition).isPresent());
    }

    /**
     * Waits until a job is forgotten.
     *
     * @return to be cancelled by whoever stops waiting
     */
    public CompletableFuture<Optional<JobState>> forgotten(JobId jobId) {
        return waiters.until(jobId, Optional::isEmpty);
    }

    /** Whether questions can be answered. */
    public boolean isReady() {
        return streams.running().isPresent();
    }

    /** Whether somebody still tries to have the copy; false is a defect that only a restart heals. */
    public boolean isAlive() {
        return streams.isKept();
    }

    void start(@Observes StartupEvent event) {
        streams.start();
    }

    void stop(@Observes ShutdownEvent event) {
        streams.close();
    }

    private <T> T reading(Function<ReadOnlyKeyValueStore<String, byte[]>, T> question) throws JobsUnavailableException {
        KafkaStreams running = streams.running()
                .orElseThrow(() -> new JobsUnavailableException("the copy of the job states is being built", null));
        try {
            return question.apply(running.store(StoreQueryParameters.fromNameAndType(
                    JobsTopology.STORE, QueryableStoreTypes.<String, byte[]>keyValueStore())));
        } catch (InvalidStateStoreException e) {
            throw new JobsUnavailableException("the copy of the job states was closed", e);
        } catch (StreamsException e) {
            throw new JobsUnavailableException("the copy of the job states can't be read", e);
        }
    }

    private static @Nullable JobState read(ReadOnlyKeyValueStore<String, byte[]> store, String id) {
        byte[] json = store.get(id);
        if (json == null) {
            return null;
        }
        try {
            return EventCodec.read(JobState.class, json);
        } catch (MalformedEventException e) {
            LOG.warnf("job states: jobId=%s can't be read reason=%s", id, e.getMessage());
            return null;
        }
    }

    /** Keeps what is in memory in step with the store; one thread. */
    private final class Watching implements JobsTopology.Watcher {

        @Override
        public void opened(ReadOnlyKeyValueStore<String, byte[]> store) {
            List<JobState> unfinished = new ArrayList<>();
            for (Phase phase : List.of(Phase.QUEUED, Phase.IN_PROGRESS)) {
                unfinished.addAll(states(store, phase, Integer.MAX_VALUE - 1));
            }
            open.replaceBy(unfinished);
            states(store, Phase.COMPLETED, LESSONS).forEach(remaining::learn);
        }

        @Override
        public void changed(JobState state) {
            recent.forget(state.jobId());
            JobState before = open.changed(state);
            remaining.learn(state);
            waiters.seen(state.jobId(), Optional.of(state));
            listeners.forEach(listener -> listener.changed(before, state));
        }

        @Override
        public void forgotten(JobId jobId) {
            open.forgotten(jobId);
            waiters.seen(jobId, Optional.empty());
        }

        private static List<JobState> states(ReadOnlyKeyValueStore<String, byte[]> store, Phase phase, int limit) {
            JobIndex.Page page = new JobIndex.Page(limit, true);
            return JobIndex.ids(store, phase, null, page).stream()
                    .map(id -> read(store, id))
                    .filter(state -> state != null)
                    .toList();
        }
    }
}
