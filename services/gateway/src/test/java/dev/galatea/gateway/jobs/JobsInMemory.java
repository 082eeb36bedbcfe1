package dev.galatea.gateway.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;

import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

import dev.galatea.gateway.Settings;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;

/** The real topology of the job states, and the real log of reports, fed by a test instead of a broker. */
public final class JobsInMemory implements AutoCloseable {

    /** States of tests are of any time. */
    private static final Duration LONGEST_SILENCE = Duration.ofDays(100_000);

    private final RecentSubmissions recent = new RecentSubmissions();
    private final ProgressLog log = new ProgressLog(Settings.of(), Map.of());
    private final Jobs jobs;
    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> states;
    private long reports;

    /** @param executor of questions and continuations */
    public JobsInMemory(Executor executor) {
        jobs = new Jobs(recent, executor, executor, LONGEST_SILENCE, this::open);
    }

    public Jobs jobs() {
        return jobs;
    }

    public RecentSubmissions recent() {
        return recent;
    }

    public ProgressLog log() {
        return log;
    }

    /** The number of readers and other subscribers. */
    public int subscriptions() {
        return jobs.subscriptionCount() + log.subscriptionCount();
    }

    /** Puts a state where job-tracking would, on the calling thread. */
    public void put(JobState state) {
        put(state.jobId().toString(), EventCodec.write(state));
    }

    /** Puts a record where job-tracking puts its states, on the calling thread. */
    public synchronized void put(String key, byte[] value) {
        states.pipeInput(key, value);
    }

    /** Removes a state as job-tracking would, on the calling thread. */
    public synchronized void forget(JobId job) {
        states.pipeInput(job.toString(), (byte[]) null);
    }

    /** Reports something as a worker would, on the calling thread; the place in the log is {@code 0-N}. */
    public synchronized void report(JobId job, ProgressDetail detail) {
        log.add(
                new ProgressEntry(0, reports++, new Progress(job, Stage.DENOISING, Instant.now(), "worker-1", detail)),
                200);
    }

    @Override
    public void close() {
        driver.close();
    }

    private JobStore open(JobsTopology.Watcher watcher) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "gateway");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, directory().toString());
        driver = new TopologyTestDriver(JobsTopology.build(watcher), properties);
        states =
                driver.createInputTopic(EventType.JOB_STATE.topic(), new StringSerializer(), new ByteArraySerializer());
        ReadOnlyKeyValueStore<String, byte[]> store = driver.getKeyValueStore(JobsTopology.STORE);
        return new Filled(store);
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("jobs");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Filled(ReadOnlyKeyValueStore<String, byte[]> store) implements JobStore {

        @Override
        public void start() {}

        @Override
        public ReadOnlyKeyValueStore<String, byte[]> open() {
            return store;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public boolean isAlive() {
            return true;
        }

        @Override
        public void close() {}
    }
}
