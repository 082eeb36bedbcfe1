package dev.galatea.gateway.jobs;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.unchecked.Unchecked;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.id.JobId;
import dev.galatea.worker.Stoppable;
import dev.galatea.worker.WorkerConfig;

/**
 * The states of all jobs, from a whole copy of the compacted topic on this replica's disk. Only what is committed is
 * seen. Questions to the disk are answered by a pool of worker threads; waiting for a state holds no thread.
 * Thread-safe.
 */
@ApplicationScoped
public class Jobs implements Stoppable {

    private static final Logger LOG = Logger.getLogger(Jobs.class);

    /** Jobs from which a starting replica learns how long the stages take. */
    private static final int LESSONS = 20;

    /** Deadlines for which a job may be silent: some stages have longer ones than waiting, and ends take a moment. */
    private static final int SILENCES = 2;

    private static final Duration CLOCKS_APART = Duration.ofMinutes(10);

    private final OpenJobs open = new OpenJobs();
    private final RemainingWork remaining = new RemainingWork();
    private final QueueEstimate estimate = new QueueEstimate(open, remaining);
    private final JobStateSubscriptions subscriptions;
    private final RecentSubmissions recent;
    private final Executor queries;
    private final Duration longestSilence;
    private final JobStore store;

    /** @param waiting job-tracking's deadline of jobs that wait: services share their environment */
    @Inject
    Jobs(
            GatewayConfig config,
            @ConfigProperty(name = "galatea.job-tracking.deadline.waiting", defaultValue = "24h") Duration waiting,
            WorkerConfig worker,
            RecentSubmissions recent,
            WorkerPools pools,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this(
                recent,
                pools.queries(),
                pools.events(),
                waiting.multipliedBy(SILENCES),
                watcher -> new JobStreams(
                        JobsTopology.build(watcher),
                        properties(config.applicationId(), worker.workDir(), kafka),
                        config.maxRestartPause()));
    }

    /**
     * @param queries runs questions to the store
     * @param continuations runs what continues when a state is there
     * @param longestSilence after which an open job takes no room any more
     */
    Jobs(
            RecentSubmissions recent,
            Executor queries,
            Executor continuations,
            Duration longestSilence,
            Function<JobsTopology.Watcher, JobStore> store) {
        this.recent = recent;
        this.queries = queries;
        this.longestSilence = longestSilence;
        subscriptions = new JobStateSubscriptions(continuations);
        this.store = store.apply(new Watching());
    }

    private static Properties properties(String applicationId, Path workDirectory, Map<String, Object> kafka) {
        Properties properties = new Properties();
        kafka.forEach((name, value) -> properties.put(name, String.valueOf(value)));
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        // A copy of another layout is left aside and built again.
        properties.put(
                StreamsConfig.STATE_DIR_CONFIG,
                workDirectory.resolve("gateway-2").toString());
        properties.put(StreamsConfig.globalConsumerPrefix("isolation.level"), "read_committed");
        // How much is read again after a crash.
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "5000");
        return properties;
    }

    /** Finds the state of a job; empty if this replica has not seen it. Fails with {@link JobsUnavailableException}. */
    public Uni<Optional<JobState>> find(JobId jobId) {
        return reading(states -> Optional.ofNullable(read(states, jobId.toString())));
    }

    /**
     * Lists jobs in the order of their submission. Fails with {@link JobsUnavailableException}.
     *
     * @param after the last job of the page before; absent for the first page
     */
    public Uni<JobPage> list(@Nullable VideoStatus phase, @Nullable JobId after, int limit, boolean newestFirst) {
        return reading(states -> {
            List<String> ids = JobIndex.ids(states, phase, after, new JobIndex.Page(limit, newestFirst));
            List<JobState> page = new ArrayList<>();
            for (String id : ids.subList(0, Math.min(limit, ids.size()))) {
                JobState state = read(states, id);
                if (state != null) {
                    page.add(state);
                }
            }
            return new JobPage(page, ids.size() > limit);
        });
    }

    /** The jobs that are not done, in the order in which they were submitted. */
    public List<JobState> open() {
        return open.inOrder();
    }

    /** The number of jobs that are not done, and of which something was heard within the longest silence. */
    public int openCount() {
        Instant now = Instant.now();
        return open.count(now.minus(longestSilence), now.plus(CLOCKS_APART));
    }

    /** The work that is left of jobs. */
    public RemainingWork remaining() {
        return remaining;
    }

    /** Forecasts what lies before a job: all of its pool that is ahead of it, at each of its stages. */
    public Forecast forecast(JobState state) {
        return state.status().isDone() ? Forecast.NONE : estimate.of(state);
    }

    /** Calls a listener for every change from now on, of one job or, if none is given, of all. */
    public void listen(@Nullable JobId only, JobListener listener) {
        subscriptions.listen(only, listener);
    }

    /** Ends what {@link #listen} began. */
    public void unlisten(@Nullable JobId only, JobListener listener) {
        subscriptions.unlisten(only, listener);
    }

    /**
     * Performs an action, and gives the first state of a job since the action's beginning that meets a condition.
     * Nothing waits: the result comes from a worker thread once the state is in the store.
     *
     * @param patience from the end of the action on
     * @return the state; empty if none came in time
     */
    public Uni<Optional<JobState>> stateAfter(
            Uni<Void> action, JobId jobId, Predicate<JobState> condition, Duration patience) {
        return subscriptions.stateAfter(action, jobId, condition, patience);
    }

    /**
     * Publishes a prompt, and gives the answer that comes, or came before.
     *
     * @param mayBeKnown false if the job id is a new one
     * @param patience from the end of publishing on
     */
    public Uni<AdmissionAnswer> answerTo(Uni<Void> publishing, JobId jobId, boolean mayBeKnown, Duration patience) {
        Uni<Optional<JobState>> nothing = Uni.createFrom().item(Optional.empty());
        Uni<Optional<JobState>> known = mayBeKnown
                ? find(jobId).onFailure(JobsUnavailableException.class).recoverWithItem(Optional.empty())
                : nothing;
        return subscriptions.answerTo(publishing, jobId, known, patience);
    }

    /**
     * Performs an action, and tells whether the job was forgotten since the action's beginning.
     *
     * @param patience from the end of the action on
     */
    public Uni<Boolean> forgottenAfter(Uni<Void> action, JobId jobId, Duration patience) {
        return subscriptions.forgottenAfter(action, jobId, patience);
    }

    /** The number of open subscriptions, those of event streams among them. */
    public int subscriptionCount() {
        return subscriptions.count();
    }

    /** Tells whether questions can be answered. */
    public boolean isReady() {
        return store.isReady();
    }

    /** Returns the reason why questions can't be answered, as soon as it is known. */
    Optional<String> trouble() {
        return store.trouble();
    }

    /** Tells whether somebody still tries to have the copy; false is a defect that only a restart heals. */
    public boolean isAlive() {
        return store.isAlive();
    }

    /** Without a door nobody asks, as in a process that makes one clip. */
    void start(
            @Observes StartupEvent event,
            @ConfigProperty(name = "quarkus.http.host-enabled", defaultValue = "true") boolean door) {
        if (door) {
            store.start();
        }
    }

    void stop(@Observes ShutdownEvent event) {
        stop();
    }

    @Override
    public void stop() {
        store.close();
    }

    /** Asks the store on a thread that may block: RocksDB may have to read its files. */
    private <T> Uni<T> reading(Function<ReadOnlyKeyValueStore<String, byte[]>, T> question) {
        return Uni.createFrom().item(Unchecked.supplier(() -> answer(question))).runSubscriptionOn(queries);
    }

    private <T> T answer(Function<ReadOnlyKeyValueStore<String, byte[]>, T> question) throws JobsUnavailableException {
        try {
            return question.apply(store.open());
        } catch (InvalidStateStoreException e) {
            throw new JobsUnavailableException("the job states are being read again; try again", e);
        } catch (StreamsException e) {
            throw new JobsUnavailableException("the job states can't be read; try again", e);
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
            for (VideoStatus phase : List.of(VideoStatus.QUEUED, VideoStatus.IN_PROGRESS)) {
                unfinished.addAll(states(store, phase, Integer.MAX_VALUE - 1));
            }
            open.replaceBy(unfinished);
            states(store, VideoStatus.COMPLETED, LESSONS).forEach(remaining::learn);
        }

        @Override
        public void changed(JobState state) {
            JobState before = open.changed(state);
            // Afterwards: between the two it is counted twice, and never not at all.
            recent.forget(state.jobId());
            remaining.learn(state);
            subscriptions.changed(before, state);
        }

        @Override
        public void forgotten(JobId jobId) {
            open.forgotten(jobId);
            subscriptions.forgotten(jobId);
        }

        private static List<JobState> states(
                ReadOnlyKeyValueStore<String, byte[]> store, VideoStatus phase, int limit) {
            JobIndex.Page page = new JobIndex.Page(limit, true);
            return JobIndex.ids(store, phase, null, page).stream()
                    .map(id -> read(store, id))
                    .filter(state -> state != null)
                    .toList();
        }
    }
}
