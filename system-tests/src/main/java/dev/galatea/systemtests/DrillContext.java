package dev.galatea.systemtests;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Pool;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.Pipeline;

/**
 * The context of a drill: the deployment, the events that were seen, and a client that submits jobs. Not thread-safe.
 */
final class DrillContext implements AutoCloseable {

    /** Longer than anything here takes on a slow machine; a job that takes longer is stuck. */
    static final Duration LIMIT = Duration.ofMinutes(5);

    /** The number of different prompts. */
    static final int VARIANTS = 3;

    private static final String SOURCE = "/drill";
    /** Pixels each way; a drill is about the jobs, not about the clips. */
    private static final int SIDE = 128;

    private final DrillSettings settings;
    private final Deployment deployment;
    private final StoreProxy proxy;
    private final SmallDisk storeDisk;
    private final SmallDisk brokerDisk;
    private final EventLog log;
    private Random random = new Random();
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<JobId, Expectation> expected = new LinkedHashMap<>();
    private final List<String> figures = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final List<String> missed = new ArrayList<>();
    private final List<Recovery> recoveries = new ArrayList<>();
    private final Set<JobId> replayed = new HashSet<>();
    private Set<JobId> fresh = Set.of();

    /**
     * The outcome that a job must have.
     *
     * @param variant which of the prompts it has; equal ones must end in equal bytes
     */
    record Expectation(int variant, Set<JobStatus> ends) {}

    /** A fault that struck a job, for the figures: when, and how soon somebody must have taken it up again. */
    record Recovery(JobId jobId, Instant struck, Duration limit) {}

    DrillContext(
            DrillSettings settings,
            Deployment deployment,
            StoreProxy proxy,
            SmallDisk storeDisk,
            SmallDisk brokerDisk) {
        this.settings = settings;
        this.deployment = deployment;
        this.proxy = proxy;
        this.storeDisk = storeDisk;
        this.brokerDisk = brokerDisk;
        this.log = new EventLog(deployment.bootstrapServers(), List.of(Pool.DEFAULT, DrillBundles.POOL));
        this.producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, deployment.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    DrillSettings settings() {
        return settings;
    }

    Deployment deployment() {
        return deployment;
    }

    StoreProxy proxy() {
        return proxy;
    }

    /** The disk that the store is on. */
    SmallDisk storeDisk() {
        return storeDisk;
    }

    /** The disk that the broker's logs are on; the store's objects too, unless they have their own. */
    SmallDisk brokerDisk() {
        return brokerDisk;
    }

    EventLog log() {
        return log;
    }

    Random random() {
        return random;
    }

    Map<JobId, Expectation> expected() {
        return expected;
    }

    List<String> figures() {
        return figures;
    }

    List<String> missed() {
        return missed;
    }

    List<String> violations() {
        return violations;
    }

    /** Forgets figures and violations of the drill before; jobs are remembered, because late faults may show late. */
    void begin(Drill drill) {
        random = new Random(settings.seed() + drill.title().hashCode());
        figures.clear();
        violations.clear();
        missed.clear();
        recoveries.clear();
        fresh = new LinkedHashSet<>();
    }

    /** Jobs whose events the drill itself published again. */
    Set<JobId> replayed() {
        return replayed;
    }

    /** Jobs of this drill. */
    Set<JobId> fresh() {
        return fresh;
    }

    List<Recovery> recoveries() {
        return recoveries;
    }

    /** Submits a job that must complete. */
    JobId submit(int variant) {
        return submit(variant, EnumSet.of(JobStatus.COMPLETED));
    }

    /** Submits a job that may end in one of several ways. */
    JobId submit(int variant, Set<JobStatus> ends) {
        JobId jobId = JobId.random();
        expect(jobId, variant, ends);
        publish(EventIds.random(), prompt(jobId, variant));
        return jobId;
    }

    /** Submits a job of the bundle that another pool serves, with a prompt that no job of the default bundle has. */
    JobId submitToPool(int variant) {
        JobId jobId = JobId.random();
        expect(jobId, VARIANTS + variant, EnumSet.of(JobStatus.COMPLETED));
        publish(
                EventIds.random(),
                prompt(jobId, VARIANTS + variant).withSettings(settings -> settings.model(DrillBundles.POOLED_BUNDLE)));
        return jobId;
    }

    /** Submits several, with different prompts. */
    List<JobId> submitSome(int count) {
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(submit(i % VARIANTS));
        }
        return jobs;
    }

    void expect(JobId jobId, int variant, Set<JobStatus> ends) {
        expected.put(jobId, new Expectation(variant, Set.copyOf(ends)));
        fresh.add(jobId);
    }

    PromptSubmitted prompt(JobId jobId, int variant) {
        return PromptSubmitted.of(jobId, "a red ball bounces, take " + variant).withSettings(asked -> asked.width(SIDE)
                .height(SIDE)
                .frames(settings.frames())
                .steps(settings.steps())
                .guidance(1.0)
                .seed((long) variant));
    }

    /** Publishes an event as any client would, and waits until the broker has it. */
    void publish(UUID id, Event payload) {
        CloudEvent event = new CloudEvent(id, SOURCE, Instant.now(), payload);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(Pipeline.current().topicOf(payload), event.key(), event.payload());
        event.headers().forEach((name, value) -> record.headers().add(name, value));
        send(record);
    }

    /** Sends any record, waits until the broker has it, and says where. */
    String send(ProducerRecord<byte[], byte[]> record) {
        try {
            RecordMetadata sent = producer.send(record).get();
            return ObservedEvent.place(sent.topic(), sent.partition(), sent.offset());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DrillException("interrupted");
        } catch (ExecutionException e) {
            throw new DrillException("not published to " + record.topic() + ": " + e.getCause());
        }
    }

    /** A step that is neither the first nor the last one. */
    int randomStep() {
        return 1 + random.nextInt(settings.steps() - 2);
    }

    /** Waits until a job has done a denoising step. */
    void awaitStep(JobId jobId, int step) throws InterruptedException {
        log.await(
                jobId,
                "denoising step " + step,
                event -> event.progress(Stage.DENOISING, ProgressDetail.Step.class)
                        .filter(done -> done.step() >= step)
                        .isPresent(),
                LIMIT);
    }

    /** Waits until a job's first checkpoint is stored. */
    void awaitCheckpoint(JobId jobId) throws InterruptedException {
        log.await(
                jobId,
                "checkpoint",
                event -> event.progress(Stage.DENOISING, ProgressDetail.CheckpointWritten.class)
                        .isPresent(),
                LIMIT);
    }

    /** Waits for the terminal events of jobs. */
    void awaitEnds(Collection<JobId> jobs) throws InterruptedException {
        for (JobId jobId : jobs) {
            log.await(jobId, "terminal event", event -> event.topic().equals(EventType.VIDEO_FINISHED.topic()), LIMIT);
        }
    }

    /** The number of this drill's jobs that have no terminal event yet. */
    long open() {
        return fresh.stream()
                .filter(jobId ->
                        log.of(jobId).noneMatch(event -> event.topic().equals(EventType.VIDEO_FINISHED.topic())))
                .count();
    }

    /** Notes that a fault struck a job's denoiser now; another attempt must begin within {@code limit}. */
    void struck(JobId jobId, Duration limit) {
        recoveries.add(new Recovery(jobId, Instant.now(), limit));
    }

    void figure(String figure) {
        figures.add(figure);
    }

    /** Notes a target that was missed unless the condition holds. */
    void target(boolean condition, String miss) {
        if (!condition) {
            missed.add(miss);
        }
    }

    /** Notes a violation unless the condition holds. */
    void require(boolean condition, String violation) {
        if (!condition) {
            violations.add(violation);
        }
    }

    @Override
    public void close() throws InterruptedException {
        producer.close(Duration.ofSeconds(5));
        log.close();
    }
}
