package dev.galatea.gateway.jobs;

import java.util.function.BiConsumer;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

import dev.galatea.model.event.EventType;

/** The whole compacted topic in one local store, as it came: job id to the state's JSON. */
final class JobsTopology {

    /** Name of the store. */
    static final String STORE = "jobs";

    private JobsTopology() {}

    /** @param changed is told of every new state after it is in the store */
    static Topology build(BiConsumer<String, byte[]> changed) {
        return new Topology()
                .addGlobalStore(
                        Stores.keyValueStoreBuilder(
                                        Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                                .withLoggingDisabled(),
                        "job-states",
                        new StringDeserializer(),
                        new ByteArrayDeserializer(),
                        EventType.JOB_STATE.topic(),
                        "store-job-states",
                        () -> new Storing(changed));
    }

    private static final class Storing extends ContextualProcessor<String, byte[], Void, Void> {

        private final BiConsumer<String, byte[]> changed;
        private KeyValueStore<String, byte[]> store;

        Storing(BiConsumer<String, byte[]> changed) {
            this.changed = changed;
        }

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            super.init(context);
            store = context.getStateStore(STORE);
        }

        @Override
        public void process(Record<String, byte[]> record) {
            if (record.key() == null) {
                return;
            }
            if (record.value() == null) {
                store.delete(record.key());
                return;
            }
            store.put(record.key(), record.value());
            changed.accept(record.key(), record.value());
        }
    }
}
