package dev.galatea.jobtracking.topology;

import java.time.Duration;
import java.time.Instant;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

import dev.galatea.deadletters.DeadLetters;
import dev.galatea.jobtracking.backlog.WorkEstimate;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageState;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.streams.SupervisorListener;

/** Counts for dashboards and alerts, and what the estimate of work learns from. Thread-safe. */
final class TrackingMetrics implements SupervisorListener {

    /** Bounds of the histograms: from a trifle to the longest clip that anyone waits for. */
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(2),
        Duration.ofMinutes(5),
        Duration.ofMinutes(10),
        Duration.ofMinutes(30),
        Duration.ofHours(1),
        Duration.ofHours(3)
    };

    private final MeterRegistry registry;
    private final WorkEstimate estimate;
    private @Nullable KafkaStreamsMetrics clients;

    TrackingMetrics(MeterRegistry registry, WorkEstimate estimate) {
        this.registry = registry;
        this.estimate = estimate;
        // From zero on, so that the first failure is an increase.
        for (JobStatus status : JobStatus.values()) {
            if (status.isDone()) {
                ended(status);
            }
        }
        Pipeline.current().stages().forEach(definition -> retries(definition.stage()));
    }

    void moved(@Nullable JobState before, JobState after) {
        if (before == null) {
            count("galatea.jobs.submitted", "Prompts that admission answered");
        }
        if (after.status().isDone() && (before == null || !before.status().isDone())) {
            ended(after);
        }
        for (StageState stage : after.stages()) {
            moved(after.spec(), before == null ? null : find(before, stage), stage);
        }
    }

    private void ended(JobState job) {
        ended(job.status()).increment();
        Instant finished = job.finishedAt();
        if (finished != null) {
            histogram("galatea.job", "From submission to the end of a job")
                    .tag("status", job.status().wireName())
                    .register(registry)
                    .record(Duration.between(job.submittedAt(), finished));
        }
    }

    private Counter ended(JobStatus status) {
        return Counter.builder("galatea.jobs.ended")
                .description("Jobs that ended")
                .tag("status", status.wireName())
                .register(registry);
    }

    private void moved(@Nullable JobSpec spec, @Nullable StageState before, StageState after) {
        String stage = Pipeline.current().metricsLabel(after.stage());
        int retries = Math.max(0, after.attempts() - Math.max(1, before == null ? 1 : before.attempts()));
        Counter.builder("galatea.stage.retries")
                .description("Deliveries beyond a job's first")
                .tag("stage", stage)
                .register(registry)
                .increment(retries);
        Double seconds = after.seconds();
        if (spec == null || seconds == null || (before != null && before.seconds() != null)) {
            return;
        }
        histogram("galatea.stage", "Time of the worker that finished a job's stage")
                .tags("stage", stage, "model", spec.model(), "size", sizeOf(spec))
                .register(registry)
                .record(Duration.ofMillis(Math.round(seconds * 1e3)));
        if (after.attempts() <= 1 && Pipeline.current().find(after.stage()).isPresent()) {
            // A job that was continued says nothing about how long all of it takes.
            estimate.took(after.stage(), spec, seconds);
        }
    }

    /** Classes of clips by their pixels; four, so that the label stays small. */
    private static String sizeOf(JobSpec spec) {
        double megapixels = (double) spec.width() * spec.height() * spec.frames() / 1e6;
        if (megapixels < 2) {
            return "small";
        }
        return megapixels < 20 ? "medium" : megapixels < 100 ? "large" : "huge";
    }

    private static @Nullable StageState find(JobState job, StageState stage) {
        return job.stages().stream()
                .filter(candidate -> candidate.stage().equals(stage.stage()))
                .findFirst()
                .orElse(null);
    }

    private static Timer.Builder histogram(String name, String description) {
        return Timer.builder(name).description(description).serviceLevelObjectives(BOUNDS);
    }

    void retried(Stage stage) {
        retries(stage).increment();
    }

    private Counter retries(Stage stage) {
        return Counter.builder("galatea.jobs.retried")
                .description("Jobs given to a stage again because nothing was heard of them until their deadline")
                .tag("stage", stage.wireName())
                .register(registry);
    }

    void objectSwept() {
        count("galatea.objects.swept", "Objects that no job needs any more, removed from the store");
    }

    void deadLettered(String topic, String code) {
        DeadLetters.count(registry, topic, code);
    }

    void rerouted() {
        count("galatea.records.rerouted", "Records found in another partition than their job's, sent to it");
    }

    @Override
    public synchronized void opened(KafkaStreams streams) {
        if (clients != null) {
            clients.close();
        }
        clients = new KafkaStreamsMetrics(streams);
        clients.bindTo(registry);
    }

    @Override
    public void failed() {
        count("galatea.stream.threads.replaced", "Threads of Kafka Streams that died and were replaced");
    }

    private void count(String name, String description) {
        Counter.builder(name).description(description).register(registry).increment();
    }
}
