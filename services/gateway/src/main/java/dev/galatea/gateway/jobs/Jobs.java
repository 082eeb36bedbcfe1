package dev.galatea.gateway.jobs;

import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
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
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.id.JobId;
import dev.galatea.plumbing.config.GalateaConfig;

/**
 * The states of all jobs, from a whole copy of the compacted topic on this replica's disk. Only what is committed is seen.
 * Thread-safe.
 */
@ApplicationScoped
public class Jobs {

    private static final Logger LOG = Logger.getLogger(Jobs.class);

    private final Waiters waiters = new Waiters();
    private final RecentSubmissions recent;
    private final JobStreams streams;

    @Inject
    Jobs(
            GatewayConfig config,
            GalateaConfig surroundings,
            RecentSubmissions recent,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.recent = recent;
        Properties properties = new Properties();
        kafka.forEach((name, value) -> properties.put(name, String.valueOf(value)));
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
        properties.put(
                StreamsConfig.STATE_DIR_CONFIG,
                surroundings.workDir().resolve("gateway").toString());
        properties.put(StreamsConfig.globalConsumerPrefix("isolation.level"), "read_committed");
        // How much is read again after a crash.
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "5000");
        streams = new JobStreams(JobsTopology.build(this::changed), properties, config.maxRestartPause());
    }

    /** The state of a job; empty if this replica has not seen it. */
    public Optional<JobState> find(JobId jobId) throws JobsUnavailableException {
        KafkaStreams running = streams.running()
                .orElseThrow(() -> new JobsUnavailableException("the copy of the job states is being built", null));
        try {
            byte[] json = running.store(StoreQueryParameters.fromNameAndType(
                            JobsTopology.STORE, QueryableStoreTypes.<String, byte[]>keyValueStore()))
                    .get(jobId.toString());
            return Optional.ofNullable(read(jobId.toString(), json));
        } catch (InvalidStateStoreException e) {
            throw new JobsUnavailableException("the copy of the job states was closed", e);
        } catch (StreamsException e) {
            throw new JobsUnavailableException("the copy of the job states can't be read", e);
        }
    }

    /**
     * Waits for a state of a job that comes from now on.
     *
     * @return to be cancelled by whoever stops waiting
     */
    public CompletableFuture<JobState> next(JobId jobId, Predicate<JobState> condition) {
        return waiters.until(jobId, condition);
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

    private void changed(String key, byte[] json) {
        JobId jobId;
        try {
            jobId = JobId.parse(key);
        } catch (IllegalArgumentException e) {
            LOG.warn("job states: a record's key is no job id");
            return;
        }
        recent.forget(jobId);
        if (waiters.anyFor(jobId)) {
            JobState state = read(key, json);
            if (state != null) {
                waiters.seen(state);
            }
        }
    }

    private static @Nullable JobState read(String key, byte @Nullable [] json) {
        if (json == null) {
            return null;
        }
        try {
            return EventCodec.read(JobState.class, json);
        } catch (MalformedEventException e) {
            LOG.warnf("job states: jobId=%s can't be read reason=%s", key, e.getMessage());
            return null;
        }
    }
}
