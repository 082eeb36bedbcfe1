package dev.galatea.gateway.jobs;

import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

import io.smallrye.mutiny.infrastructure.Infrastructure;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

import dev.galatea.model.event.EventType;
import dev.galatea.streams.KafkaStreamsSupervisor;
import dev.galatea.streams.StreamsApplication;
import dev.galatea.streams.StreamsApplication.Recovery;
import dev.galatea.streams.SupervisorListener;

/** The copy of the job states in a global store of Kafka Streams; a damaged one is built again. Thread-safe. */
final class JobStreams implements JobStore {

    private final KafkaStreamsSupervisor supervisor;

    JobStreams(Topology topology, Properties properties, Duration maxPause) {
        supervisor = new KafkaStreamsSupervisor(
                new StreamsApplication(
                        "job states",
                        () -> topology,
                        properties,
                        Set.of(EventType.JOB_STATE.topic()),
                        maxPause,
                        Recovery.REBUILD_COPY),
                Infrastructure.getDefaultWorkerPool(),
                SupervisorListener.NONE);
    }

    @Override
    public void start() {
        supervisor.start();
    }

    @Override
    public ReadOnlyKeyValueStore<String, byte[]> open() throws JobsUnavailableException {
        KafkaStreams running = supervisor
                .running()
                .orElseThrow(
                        () -> new JobsUnavailableException("the job states are still being read; try again", null));
        return running.store(StoreQueryParameters.fromNameAndType(
                JobsTopology.STORE, QueryableStoreTypes.<String, byte[]>keyValueStore()));
    }

    @Override
    public boolean isReady() {
        return supervisor.isReady() && supervisor.running().isPresent();
    }

    @Override
    public Optional<String> trouble() {
        return supervisor.trouble();
    }

    @Override
    public boolean isAlive() {
        return supervisor.isAlive();
    }

    @Override
    public void close() {
        supervisor.close();
    }
}
