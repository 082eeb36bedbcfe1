package dev.galatea.jobtracking.topology;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.TopicNameExtractor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;

/**
 * One processor between all topics, so that all events of a job meet in one task, which alone writes the job's state:
 * every topic is keyed by job id and has the same number of partitions, but for work queues, whose records are sent on
 * by way of {@link TrackedTopics#handovers}. Within a task prompts come last ({@link PromptsLast}). Keys and values
 * stay bytes: what is no event must reach the dead letters unchanged.
 */
final class TrackingTopology {

    /** Job id to state. */
    static final String JOBS = "jobs";

    /** Job id to a cancel command that overtook its prompt. */
    static final String EARLY_CANCELS = "early-cancels";

    /** Id of a job that is forgotten to when it was, in milliseconds since 1970: an id is one job's. */
    static final String FORGOTTEN = "forgotten";

    /** Job id to what handed an open job to its stage. */
    static final String PENDING_INPUTS = "handovers";

    /** Sink that writes into the partition that a record's key belongs to, see {@link TrackedTopics#destinationOf}. */
    static final String REROUTE = "reroute";

    private static final String PROCESSOR = "tracking";

    private TrackingTopology() {}

    static Topology build(
            TrackedTopics topics,
            ProcessorSupplier<byte[], byte[], byte[], byte[]> processor,
            Supplier<TopicLayout> layout) {
        return build(topics, processor, layout, (key, value, context) -> topics.destinationOf(context.topic()));
    }

    /** @param misrouted the topic that a record is sent to which lay in another partition than its key's */
    static Topology build(
            TrackedTopics topics,
            ProcessorSupplier<byte[], byte[], byte[], byte[]> processor,
            Supplier<TopicLayout> layout,
            TopicNameExtractor<byte[], byte[]> misrouted) {
        Topology topology = new Topology();
        topology.addSource(
                AutoOffsetReset.earliest(),
                "events",
                PromptsLast.INSTANCE,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                Stream.concat(topics.inputs().stream(), Stream.of(topics.handovers()))
                        .toArray(String[]::new));
        topology.addProcessor(PROCESSOR, processor, "events");
        topology.addStateStore(store(Stores.persistentKeyValueStore(JOBS), EventSerde.of(JobState.class)), PROCESSOR);
        topology.addStateStore(
                store(Stores.inMemoryKeyValueStore(EARLY_CANCELS), EventSerde.of(JobCommand.class)), PROCESSOR);
        topology.addStateStore(store(Stores.persistentKeyValueStore(FORGOTTEN), Serdes.Long()), PROCESSOR);
        topology.addStateStore(
                store(Stores.persistentKeyValueStore(PENDING_INPUTS), PendingStageInput.serde()), PROCESSOR);
        topics.sinks().forEach(topic -> sink(topology, topic));
        topology.addSink(
                REROUTE,
                misrouted,
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                (topic, key, value, count) -> Optional.of(Set.of(layout.get().partitionOf(key))),
                PROCESSOR);
        return topology;
    }

    private static void sink(Topology topology, String topic) {
        topology.addSink(topic, topic, new ByteArraySerializer(), new ByteArraySerializer(), PROCESSOR);
    }

    private static <T> StoreBuilder<KeyValueStore<String, T>> store(KeyValueBytesStoreSupplier bytes, Serde<T> values) {
        return Stores.keyValueStoreBuilder(bytes, Serdes.String(), values)
                .withLoggingEnabled(Map.of())
                .withCachingDisabled();
    }
}
