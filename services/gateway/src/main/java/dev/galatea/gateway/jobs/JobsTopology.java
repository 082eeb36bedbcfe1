package dev.galatea.gateway.jobs;

import java.time.Instant;
import java.util.Optional;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jboss.logging.Logger;

import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.id.JobId;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The whole compacted topic in one local store, as it came, with the entries of {@link JobIndex} beside it. */
final class JobsTopology {

    /** Name of the store. */
    static final String STORE = "jobs";

    private static final Logger LOG = Logger.getLogger(JobsTopology.class);

    private JobsTopology() {}

    /** Listens to changes of the store; called by one thread. */
    interface Watcher {

        /** The store as it was on disk, before anything that follows. */
        void opened(ReadOnlyKeyValueStore<String, byte[]> store);

        /** A new state is in the store. */
        void changed(JobState state);

        /** A job is not in the store any more. */
        void forgotten(JobId jobId);
    }

    static Topology build(Watcher watcher) {
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
                        () -> new Storing(watcher));
    }

    private static final class Storing extends ContextualProcessor<String, byte[], Void, Void> {

        private final Watcher watcher;
        private KeyValueStore<String, byte[]> store;

        Storing(Watcher watcher) {
            this.watcher = watcher;
        }

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            super.init(context);
            store = context.getStateStore(STORE);
            watcher.opened(store);
        }

        @Override
        public void process(Record<String, byte[]> record) {
            if (record.key() == null) {
                return;
            }
            try {
                JobId jobId = JobId.parse(record.key());
                if (record.value() == null) {
                    Instant now = Instant.ofEpochMilli(context().currentSystemTimeMs());
                    JobIndex.remove(store, jobId.toString(), submittedAt(record.headers()), now);
                    watcher.forgotten(jobId);
                    return;
                }
                put(jobId, EventCodec.read(JobState.class, record.value()), record.value());
            } catch (IllegalArgumentException e) {
                LOG.warn("job states: a record's key is no job id");
            } catch (ArithmeticException e) {
                LOG.warnf("job states: jobId=%s has a time that can't be sorted", record.key());
            } catch (MalformedEventException e) {
                LOG.warnf("job states: jobId=%s can't be read reason=%s", record.key(), e.getMessage());
            }
        }

        /** Job-tracking names a job in key and value alike, and never opens one that is done: all else is not its. */
        private void put(JobId jobId, JobState state, byte[] json) {
            if (!jobId.equals(state.jobId())) {
                LOG.warnf("job states: jobId=%s is not the one of the record's key", state.jobId());
                return;
            }
            if (!state.status().isDone() && JobIndex.isDone(store, jobId)) {
                LOG.warnf("job states: jobId=%s is done, and was not opened again", jobId);
                return;
            }
            JobIndex.put(store, state, json);
            watcher.changed(state);
        }

        /** The time that job-tracking notes on a tombstone. */
        private static Optional<Instant> submittedAt(Headers headers) {
            Header header = headers.lastHeader(EventIds.SUBMITTED_AT);
            String text = header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
            return text.matches("\\d{1,15}")
                    ? Optional.of(Instant.ofEpochMilli(Long.parseLong(text)))
                    : Optional.empty();
        }
    }
}
