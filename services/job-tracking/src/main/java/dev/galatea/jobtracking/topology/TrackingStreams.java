package dev.galatea.jobtracking.topology;

import java.util.Map;
import java.util.Optional;
import java.util.Properties;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.eclipse.microprofile.config.Config;

import dev.galatea.events.TopicProvisioner;
import dev.galatea.events.Tracing;
import dev.galatea.jobtracking.config.JobTrackingConfig;
import dev.galatea.jobtracking.config.StageSilences;
import dev.galatea.jobtracking.tracking.JobTracker;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.streams.KafkaStreamsSupervisor;
import dev.galatea.streams.SharedRocksDbMemory;
import dev.galatea.streams.StreamsApplication;
import dev.galatea.streams.StreamsApplication.Recovery;
import dev.galatea.worker.Stoppable;

/** Runs this replica's part of the stream. Thread-safe. */
@ApplicationScoped
class TrackingStreams implements Stoppable {

    /** Begins the configuration keys that are handed to Kafka Streams as they are. */
    private static final String PREFIX = "kafka-streams.";

    private final JobTracker tracker;
    private final JobTrackingConfig config;
    private final TrackedTopics topics;
    private final TopicInspector layouts;
    private final TrackingMetrics metrics;
    private final Tracing tracing;
    private final KafkaStreamsSupervisor supervisor;

    @Inject
    TrackingStreams(
            JobTracker tracker,
            JobTrackingConfig config,
            TrackedTopics topics,
            TopicInspector layouts,
            TrackingMetrics metrics,
            Tracing tracing,
            Config settings,
            @Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.tracker = tracker;
        this.config = config;
        this.topics = topics;
        this.layouts = layouts;
        this.metrics = metrics;
        this.tracing = tracing;
        supervisor = new KafkaStreamsSupervisor(
                new StreamsApplication(
                        "job-tracking",
                        this::topology,
                        properties(config, settings, kafka),
                        topics.all(),
                        config.maxRestartPause(),
                        Recovery.REPLACE_THREAD),
                Infrastructure.getDefaultWorkerPool(),
                metrics);
    }

    void start(@Observes @Priority(TopicProvisioner.STARTUP_PRIORITY + 1) StartupEvent event) {
        // Here, so that a key that names no stage stops the start and not each stream thread.
        StageSilences.of(config.deadline().stages(), Pipeline.current());
        StageSilences.requireKnown(System.getenv().keySet(), Pipeline.current());
        supervisor.start();
    }

    /** Before anything that the topology uses is closed. */
    void stop(@Observes @Priority(1) ShutdownEvent event) {
        stop();
    }

    @Override
    public void stop() {
        supervisor.close();
    }

    /** Returns the stream if it runs. */
    Optional<KafkaStreams> running() {
        return supervisor.running();
    }

    KafkaStreamsSupervisor supervisor() {
        return supervisor;
    }

    /** Asks for the topics first, so that a start without them fails with their names. */
    private Topology topology() {
        layouts.get();
        return TrackingTopology.build(
                topics, () -> new TrackingProcessor(tracker, config, topics, layouts, metrics, tracing), layouts);
    }

    private static Properties properties(JobTrackingConfig config, Config settings, Map<String, Object> kafka) {
        Properties properties = new Properties();
        kafka.forEach((name, value) -> properties.put(name, String.valueOf(value)));
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SharedRocksDbMemory.class);
        for (String name : settings.getPropertyNames()) {
            if (name.startsWith(PREFIX)) {
                settings.getOptionalValue(name, String.class)
                        .ifPresent(value -> properties.put(name.substring(PREFIX.length()), value));
            }
        }
        return properties;
    }
}
