package dev.galatea.gateway;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.imageio.ImageIO;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import dev.galatea.events.EventPublisher;
import dev.galatea.model.event.Clip;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.GenerationSettings;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.ProgressDetail;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Spritesheet;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;
import dev.galatea.store.ObjectStore;
import dev.galatea.testsupport.SharedSystem;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Plays the services behind the door, on the real broker and store. A prompt that begins with {@code make:} becomes a
 * clip at once, with {@code hold:} it stays in denoising until somebody cancels it, with {@code refuse:} it is refused;
 * other prompts are not answered. Commands are obeyed.
 */
public final class Workshop implements AutoCloseable {

    /** What every clip consists of. */
    public static final byte[] CLIP = "not really an MP4, but bytes all the same".getBytes(UTF_8);

    /** The sheet of pictures of every clip: four by two, each of one colour. */
    public static final byte[] SHEET = sheet();

    static final int STEPS = 4;

    private final EventPublisher publisher;
    private final ObjectStore store;
    private final Map<JobId, JobState> known = new ConcurrentHashMap<>();
    private final Map<JobId, PromptSubmitted> prompts = new ConcurrentHashMap<>();
    private final Set<JobId> ignored = ConcurrentHashMap.newKeySet();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::work, "workshop");
    private volatile boolean closed;

    /** A workshop that is opened as soon as the gateway is ready. */
    static Workshop ofReadyGateway(EventPublisher publisher, ObjectStore store) {
        Management.awaitReady();
        return new Workshop(publisher, store);
    }

    public Workshop(EventPublisher publisher, ObjectStore store) {
        this.publisher = publisher;
        this.store = store;
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, SharedSystem.bootstrapServers());
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (EventType type : List.of(EventType.PROMPT_SUBMITTED, EventType.COMMAND)) {
            consumer.partitionsFor(type.topic())
                    .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        thread.start();
    }

    /** The prompt event of a job that was answered. */
    public PromptSubmitted prompt(JobId job) {
        return prompts.get(job);
    }

    /** Obeys no command about a job from now on, as if job-tracking was away. */
    public void ignore(JobId job) {
        ignored.add(job);
    }

    /** Reports something as a worker would. */
    public void report(JobId job, ProgressDetail detail) {
        send(new Progress(job, Stage.DENOISING, Instant.now(), "workshop-1", detail));
    }

    /** Publishes a state as job-tracking would. */
    public void send(Event event) {
        publisher
                .publishAsync(new CloudEvent(EventIds.random(), "/workshop", Instant.now(), event))
                .toCompletableFuture()
                .join();
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        consumer.close();
    }

    private void work() {
        while (!closed) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                try {
                    if (record.topic().equals(EventType.COMMAND.topic())) {
                        obey(EventCodec.read(JobCommand.class, record.value()));
                    } else {
                        make(EventCodec.read(PromptSubmitted.class, record.value()));
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private void make(PromptSubmitted prompt) throws Exception {
        JobId job = prompt.jobId();
        if (known.containsKey(job)) {
            return;
        }
        prompts.put(job, prompt);
        String text = prompt.prompt();
        Integer fps = prompt.settings().fps();
        if (fps != null && fps > 24) {
            move(prompt, JobStatus.REFUSED, null, Failure.invalid("invalid_fps", "fps", fps + " is not valid"));
        } else if (String.valueOf(prompt.settings().model()).startsWith("no/")) {
            move(
                    prompt,
                    JobStatus.REFUSED,
                    null,
                    Failure.invalid("unknown_model", "model", "is not served; valid is pebble"));
        } else if (text.startsWith("refuse:")) {
            move(prompt, JobStatus.REFUSED, null, Failure.invalid("invalid_size", "width", "1 is not valid"));
        } else if (text.startsWith("make:") || text.startsWith("hold:")) {
            move(prompt, JobStatus.QUEUED, null, null);
            report(job, new ProgressDetail.Started(1));
            ObjectRef picture = store.put(ObjectKeys.preview(job, 1), "image/jpeg", new byte[] {1, 2, 3});
            move(prompt, JobStatus.RUNNING, null, null, denoising(1, null, picture));
            report(job, new ProgressDetail.Step(1, STEPS));
            report(job, new ProgressDetail.PreviewAvailable(1, picture));
            if (text.startsWith("make:")) {
                ObjectRef video = store.put(ObjectKeys.clip(job, Sha256.of(CLIP)), "video/mp4", CLIP);
                ObjectRef still = store.put(ObjectKeys.thumbnail(job, Sha256.of(CLIP)), "image/jpeg", CLIP);
                report(job, new ProgressDetail.Finished(2));
                ObjectRef sheet = store.put(ObjectKeys.spritesheet(job, Sha256.of(SHEET)), "image/jpeg", SHEET);
                Clip clip = new Clip(video, still, new Spritesheet(sheet, 4, 2, 7), 96, 64, 33, 8);
                move(prompt, JobStatus.COMPLETED, clip, null, denoising(STEPS, 2.0, picture));
            }
        }
    }

    private static StageState denoising(int step, Double seconds, ObjectRef picture) {
        Instant now = Instant.now();
        return new StageState(
                Stage.DENOISING,
                1,
                step,
                STEPS,
                now,
                seconds == null ? null : now,
                seconds,
                "workshop-1",
                picture,
                seconds == null ? List.of() : List.of(2));
    }

    private void obey(JobCommand command) throws Exception {
        if (ignored.contains(command.jobId())) {
            return;
        }
        JobState state = known.get(command.jobId());
        if (state == null) {
            if (command.action() == JobCommand.Action.DELETE) {
                forget(command.jobId());
            }
            return;
        }
        if (command.action() == JobCommand.Action.DELETE) {
            known.remove(command.jobId());
            forget(command.jobId());
        } else {
            Failure failure = new Failure(FailureCause.CANCELLED, "cancelled", command.reason());
            Instant now = Instant.now();
            put(state.with(changed -> changed.status(JobStatus.CANCELLED)
                    .clip(null)
                    .failure(failure)
                    .updatedAt(now)
                    .finishedAt(now)));
        }
    }

    private static void forget(JobId job) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", SharedSystem.bootstrapServers());
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            EventType.JOB_STATE.topic(), job.toString().getBytes(UTF_8), null))
                    .get();
        }
    }

    private void move(PromptSubmitted prompt, JobStatus status, Clip clip, Failure failure, StageState... stages) {
        JobState before = known.get(prompt.jobId());
        Instant now = Instant.now();
        put(new JobState(
                prompt.jobId(),
                status,
                prompt.prompt(),
                "pebble",
                status == JobStatus.REFUSED ? null : spec(prompt),
                List.of(stages),
                clip,
                failure,
                List.of(new JobState.HistoryEntry(now, null, status.wireName())),
                before == null ? now : before.submittedAt(),
                now,
                status.isDone() ? now : null,
                prompt.remixOf(),
                List.of(),
                prompt.requestDigest()));
    }

    private void put(JobState state) {
        known.put(state.jobId(), state);
        send(state);
    }

    private static byte[] sheet() {
        BufferedImage sheet = new BufferedImage(4 * 96, 2 * 64, BufferedImage.TYPE_INT_RGB);
        Graphics2D brush = sheet.createGraphics();
        for (int picture = 0; picture < 7; picture++) {
            brush.setColor(Color.getHSBColor(picture / 7f, 1, 1));
            brush.fillRect(picture % 4 * 96, picture / 4 * 64, 96, 64);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(sheet, "jpeg", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static JobSpec spec(PromptSubmitted prompt) {
        GenerationSettings defaults = Fixtures.spec().settings().withSteps(STEPS);
        GenerationSettings asked =
                prompt.settings().withModel(null).withWidth(96).withHeight(64).withFrames(33);
        return Fixtures.spec().withPrompt(prompt.prompt()).withSettings(asked.orElse(defaults));
    }
}
