package dev.galatea.jobtracking.topology;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

import dev.galatea.events.Tracing;
import dev.galatea.jobtracking.Fixtures;
import dev.galatea.jobtracking.admission.Admission;
import dev.galatea.jobtracking.backlog.WorkEstimate;
import dev.galatea.jobtracking.config.BacklogConfig;
import dev.galatea.jobtracking.config.DeadlineConfig;
import dev.galatea.jobtracking.config.JobTrackingConfig;
import dev.galatea.jobtracking.tracking.JobTracker;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.pipeline.BundlePools;
import dev.galatea.model.pipeline.Pipeline;

import static dev.galatea.jobtracking.Fixtures.NOON;
import static java.nio.charset.StandardCharsets.UTF_8;

/** The whole topology in the test driver: events in, events out. */
final class Harness implements AutoCloseable {

    private static final DeadlineConfig DEADLINES = new DeadlineConfig() {
        @Override
        public Duration waiting() {
            return Duration.ofDays(30);
        }

        @Override
        public Map<String, Duration> stages() {
            return Map.of();
        }

        @Override
        public int retries() {
            return 1;
        }
    };

    static final JobTrackingConfig CONFIG = new JobTrackingConfig() {
        @Override
        public int port() {
            return 0;
        }

        @Override
        public String applicationId() {
            return "tracking-test";
        }

        @Override
        public Duration retention() {
            return Duration.ofDays(7);
        }

        @Override
        public Duration earlyCancelTtl() {
            return Duration.ofMinutes(10);
        }

        @Override
        public DeadlineConfig deadline() {
            return DEADLINES;
        }

        @Override
        public Duration sweepInterval() {
            return Duration.ofMinutes(1);
        }

        @Override
        public Objects objects() {
            throw new UnsupportedOperationException("the topology has nothing to do with objects");
        }

        @Override
        public boolean deadLettersApi() {
            return false;
        }

        @Override
        public Duration maxRestartPause() {
            return Duration.ofSeconds(1);
        }
    };

    static final BacklogConfig ESTIMATE = new BacklogConfig() {
        @Override
        public Duration interval() {
            return Duration.ofSeconds(1);
        }

        @Override
        public Duration firstEstimate() {
            return Duration.ofSeconds(30);
        }
    };

    final MeterRegistry meters = new SimpleMeterRegistry();
    /** Begins the topic that the driver gives records to which belong to another partition. */
    static final String MISROUTED = "misrouted.";

    private final TopologyTestDriver driver;

    Harness(Path stateDir) {
        this(stateDir, layout(1, 2_000_000));
    }

    /** @param maxRecordBytes the longest record that each topic takes */
    static TopicLayout layout(int partitions, int maxRecordBytes) {
        return new TopicLayout(partitions, limits(maxRecordBytes));
    }

    static Map<String, Integer> limits(int maxRecordBytes) {
        return limits(BundlePools.NONE, maxRecordBytes);
    }

    private static Map<String, Integer> limits(BundlePools pools, int maxRecordBytes) {
        return new TrackedTopics(CONFIG.applicationId(), pools.all())
                .all().stream().collect(Collectors.toMap(topic -> topic, topic -> maxRecordBytes));
    }

    Harness(Path stateDir, TopicLayout layout) {
        this(stateDir, layout, Tracing.none());
    }

    Harness(Path stateDir, TopicLayout layout, Tracing tracing) {
        this(stateDir, layout, tracing, BundlePools.NONE, BundlePools.NONE);
    }

    /** @param followed the pools whose topics are followed, if they are not the ones of admission */
    Harness(Path stateDir, BundlePools pools, BundlePools followed) {
        this(stateDir, new TopicLayout(1, limits(followed, 2_000_000)), Tracing.none(), pools, followed);
    }

    private Harness(Path stateDir, TopicLayout layout, Tracing tracing, BundlePools pools, BundlePools followed) {
        JobTracker tracker =
                new JobTracker(new Admission(Fixtures.catalogue(pools), Fixtures.MAX_PIXEL_STEPS), Pipeline.VIDEO);
        TrackedTopics topics = new TrackedTopics(CONFIG.applicationId(), followed.all());
        TrackingMetrics metrics = new TrackingMetrics(meters, new WorkEstimate(ESTIMATE));
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, CONFIG.applicationId());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        driver = new TopologyTestDriver(
                TrackingTopology.build(
                        topics,
                        () -> new TrackingProcessor(tracker, CONFIG, topics, () -> layout, metrics, tracing),
                        () -> layout,
                        (key, value, context) -> MISROUTED + topics.destinationOf(context.topic())),
                properties,
                NOON);
    }

    void send(Event event) {
        CloudEvent cloudEvent = new CloudEvent(UUID.randomUUID(), "/test", NOON, event);
        RecordHeaders headers = new RecordHeaders();
        cloudEvent.headers().forEach(headers::add);
        send(Pipeline.VIDEO.topicOf(event), cloudEvent.key(), cloudEvent.payload(), headers, NOON);
    }

    /** Submits a prompt that admission accepts; its {@code video.job.accepted.v1} is taken from the topic. */
    JobSpec accept(PromptSubmitted prompt) {
        send(prompt);
        return drain(EventType.JOB_ACCEPTED, JobAccepted.class).get(0).spec();
    }

    /** Headers of a prompt's record. */
    static RecordHeaders headers(PromptSubmitted prompt) {
        RecordHeaders headers = new RecordHeaders();
        new CloudEvent(UUID.randomUUID(), "/test", NOON, prompt).headers().forEach(headers::add);
        return headers;
    }

    /** The text of a record's header. */
    static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    void send(EventType type, byte[] key, byte[] value, RecordHeaders headers, Instant at) {
        send(type.topic(), key, value, headers, at);
    }

    void send(String to, byte[] key, byte[] value, RecordHeaders headers, Instant at) {
        TestInputTopic<byte[], byte[]> topic =
                driver.createInputTopic(to, new ByteArraySerializer(), new ByteArraySerializer());
        topic.pipeInput(new TestRecord<>(key, value, headers, at));
    }

    /** Lets time pass; what is done at intervals is done at each of them. */
    void advance(Duration duration) {
        Duration step = CONFIG.sweepInterval();
        Duration left = duration;
        for (; left.compareTo(step) > 0; left = left.minus(step)) {
            driver.advanceWallClockTime(step);
        }
        driver.advanceWallClockTime(left);
    }

    /** Sets the clock forward, as when the computer slept. */
    void jump(Duration duration) {
        driver.advanceWallClockTime(duration);
    }

    /** All raw records that came out since the last call. */
    List<TestRecord<byte[], byte[]>> drain(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** All events that came out since the last call, checked as any reader would. */
    <T extends Event> List<T> drain(EventType type, Class<T> record) {
        return drain(type.topic(), record);
    }

    <T extends Event> List<T> drain(String topic, Class<T> record) {
        List<T> events = new ArrayList<>();
        for (TestRecord<byte[], byte[]> out : drain(topic)) {
            events.add(read(record, out));
        }
        return events;
    }

    static <T extends Event> T read(Class<T> record, TestRecord<byte[], byte[]> out) {
        java.util.Map<String, byte[]> headers = new java.util.HashMap<>();
        out.headers().forEach(header -> headers.put(header.key(), header.value()));
        try {
            return EventCodec.read(record, out.key(), out.value(), headers);
        } catch (MalformedEventException e) {
            throw new AssertionError("an output is no event", e);
        }
    }

    KeyValueStore<String, JobState> jobs() {
        return driver.getKeyValueStore(TrackingTopology.JOBS);
    }

    long earlyCancels() {
        return driver.<String, Object>getKeyValueStore(TrackingTopology.EARLY_CANCELS)
                .approximateNumEntries();
    }

    @Override
    public void close() {
        driver.close();
    }
}
