package dev.galatea.jobtracking.topology;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.jobtracking.config.JobTrackingConfig;
import dev.galatea.jobtracking.tracking.ObjectPolicy;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobState;
import dev.galatea.model.failure.RetryableException;
import dev.galatea.model.id.JobId;
import dev.galatea.store.ObjectStore;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Looks through the bucket for objects of jobs that nothing refers to any more, and removes them. Each replica looks
 * after the jobs whose states it owns; while states are on the move between replicas nothing is removed.
 */
@ApplicationScoped
class ObjectSweeper {

    private static final Logger LOG = Logger.getLogger(ObjectSweeper.class);
    private static final String JOBS = "jobs/";
    private static final int PAGE = 1_000;

    private final TrackingStreams tracking;
    private final TopicInspector topics;
    private final ObjectStore store;
    private final ObjectPolicy policy;
    private final TrackingMetrics metrics;
    private final JobTrackingConfig config;
    /** By partition of prompts: when a search first found this replica reading it. One thread. */
    private final Map<Integer, Instant> readingSince = new HashMap<>();

    private volatile boolean stopped;
    private @Nullable ScheduledFuture<?> sweeping;

    @Inject
    ObjectSweeper(
            TrackingStreams tracking,
            TopicInspector topics,
            ObjectStore store,
            JobTrackingConfig config,
            TrackingMetrics metrics) {
        this.tracking = tracking;
        this.topics = topics;
        this.store = store;
        this.config = config;
        this.metrics = metrics;
        this.policy = new ObjectPolicy(config.retention(), config.objects().grace());
    }

    void start(@Observes StartupEvent event) {
        long pause = config.objects().sweepInterval().toMillis();
        sweeping = Infrastructure.getDefaultWorkerPool()
                .scheduleWithFixedDelay(this::sweepQuietly, pause, pause, TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        stopped = true;
        if (sweeping != null) {
            sweeping.cancel(true);
        }
    }

    private void sweepQuietly() {
        try {
            sweep();
        } catch (RetryableException | RuntimeException e) {
            // Whatever it is: an object that stays longer does no harm, a sweeper that stops fills the bucket.
            LOG.infof("cleaning of the bucket is postponed reason=%s", e.getMessage());
        }
    }

    private void sweep() throws RetryableException {
        Set<Integer> ours = ours();
        readingSince.keySet().retainAll(ours);
        ours.forEach(partition -> readingSince.putIfAbsent(partition, Instant.now()));
        String after = "";
        List<ObjectStore.StoredObject> page;
        do {
            page = store.page(JOBS, after, PAGE);
            for (ObjectStore.StoredObject object : page) {
                if (isGarbage(object)) {
                    store.delete(object.key());
                    metrics.objectSwept();
                    LOG.debugf("object removed key=%s", object.key());
                }
                after = object.key();
            }
        } while (!page.isEmpty() && !stopped);
    }

    private boolean isGarbage(ObjectStore.StoredObject object) {
        Optional<JobId> owner = ObjectPolicy.ownerOf(object.key());
        Instant since = owner.isPresent() ? readingSince.get(partitionOf(owner.get())) : null;
        if (owner.isEmpty() || since == null) {
            return false;
        }
        String id = owner.get().toString();
        JobState state = this.<JobState>store(TrackingTopology.JOBS).get(id);
        Long forgotten =
                state == null ? this.<Long>store(TrackingTopology.FORGOTTEN).get(id) : null;
        Instant now = Instant.now();
        boolean isLate = forgotten != null
                && policy.isLate(object.key(), Instant.ofEpochMilli(forgotten), object.modified(), now);
        // Asked again after the state was read: it may have moved to another replica meanwhile, and be unknown here.
        return (isLate || policy.isGarbage(object.key(), state, object.modified(), now, since))
                && ours().contains(partitionOf(owner.get()));
    }

    private int partitionOf(JobId jobId) {
        return topics.get().partitionOf(jobId.toString().getBytes(UTF_8));
    }

    /** The partitions of prompts that this replica reads. */
    private Set<Integer> ours() {
        return streams().metadataForLocalThreads().stream()
                .flatMap(local -> local.activeTasks().stream())
                .flatMap(task -> task.topicPartitions().stream())
                .filter(partition -> partition.topic().equals(EventType.PROMPT_SUBMITTED.topic()))
                .map(TopicPartition::partition)
                .collect(Collectors.toSet());
    }

    private KafkaStreams streams() {
        return tracking.running().orElseThrow(() -> new InvalidStateStoreException("the stream does not run"));
    }

    private <T> ReadOnlyKeyValueStore<String, T> store(String name) {
        return streams().store(StoreQueryParameters.fromNameAndType(name, QueryableStoreTypes.keyValueStore()));
    }
}
