package dev.galatea.webhooks.delivery;

import java.util.List;
import java.util.Map;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.Stores;

import dev.galatea.model.event.EventType;

/** The topology from terminal events to the delivery log. What is open is in memory, and in a changelog topic. */
final class WebhooksTopology {

    /** Name of the store: {@link DeliveryKey} to {@link Delivery}. */
    static final String OPEN = "open";

    private static final String PROCESSOR = "deliveries";

    private WebhooksTopology() {}

    static Topology build(ProcessorSupplier<byte[], byte[], byte[], byte[]> processor) {
        Topology topology = new Topology()
                .addSource(
                        AutoOffsetReset.earliest(),
                        "finished",
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        EventType.VIDEO_FINISHED.topic())
                .addProcessor(PROCESSOR, processor, "finished")
                .addStateStore(
                        Stores.keyValueStoreBuilder(
                                        Stores.inMemoryKeyValueStore(OPEN), Serdes.String(), Serdes.ByteArray())
                                .withLoggingEnabled(Map.of())
                                .withCachingDisabled(),
                        PROCESSOR);
        for (String sink : List.of(EventType.WEBHOOK_ATTEMPTED.topic(), EventType.DEAD_LETTER_TOPIC)) {
            topology.addSink(sink, sink, new ByteArraySerializer(), new ByteArraySerializer(), PROCESSOR);
        }
        return topology;
    }
}
