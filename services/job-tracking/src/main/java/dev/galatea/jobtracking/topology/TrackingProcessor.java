package dev.galatea.jobtracking.topology;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.events.RecordTimes;
import dev.galatea.events.Tracing;
import dev.galatea.jobtracking.admission.Admission;
import dev.galatea.jobtracking.admission.UntrustedText;
import dev.galatea.jobtracking.config.DeadlineConfig;
import dev.galatea.jobtracking.config.JobTrackingConfig;
import dev.galatea.jobtracking.config.StageSilences;
import dev.galatea.jobtracking.tracking.Deadlines;
import dev.galatea.jobtracking.tracking.JobTracker;
import dev.galatea.jobtracking.tracking.Outcome;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.EventCodec;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.FaultyPrompt;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.MalformedEventException;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.UnknownFields;
import dev.galatea.model.id.JobId;
import dev.galatea.model.pipeline.Pipeline;
import dev.galatea.streams.SourceRecord;

/**
 * Takes a record, asks the {@link JobTracker}, stores and publishes what follows; all of it in one transaction. A
 * record that can't be decoded, or that a defect of ours can't digest, never stops the stream: a prompt of a job that
 * can be told is refused, all else goes to the dead letters.
 */
final class TrackingProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private static final Logger LOG = Logger.getLogger(TrackingProcessor.class);

    /** Commands of unknown jobs that a task remembers: some ten megabytes, of which anybody can send more. */
    private static final long MAX_EARLY_CANCELS = 50_000;

    private final JobTracker tracker;
    private final JobTrackingConfig config;
    private final TrackedTopics topics;
    private final Supplier<TopicLayout> layouts;
    private final TrackingMetrics metrics;
    private final Tracing tracing;
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, JobState> jobs;
    private KeyValueStore<String, JobCommand> earlyCancels;
    private KeyValueStore<String, Long> forgotten;
    private EventForwarder forwarder;
    private WriteLimits limits;
    private DeadlineMonitor deadlineMonitor;
    private TopicLayout layout;
    private CommitPacer commits;
    private RetentionSweeper sweeper;
    /** Commands of unknown jobs that were not remembered, since that was logged. */
    private long dropped;

    TrackingProcessor(
            JobTracker tracker,
            JobTrackingConfig config,
            TrackedTopics topics,
            Supplier<TopicLayout> layouts,
            TrackingMetrics metrics,
            Tracing tracing) {
        this.tracker = tracker;
        this.config = config;
        this.topics = topics;
        this.layouts = layouts;
        this.metrics = metrics;
        this.tracing = tracing;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> taskContext) {
        context = taskContext;
        jobs = taskContext.getStateStore(TrackingTopology.JOBS);
        earlyCancels = taskContext.getStateStore(TrackingTopology.EARLY_CANCELS);
        forgotten = taskContext.getStateStore(TrackingTopology.FORGOTTEN);
        layout = layouts.get();
        forwarder = new EventForwarder(taskContext, topics, metrics, tracing, layout);
        limits = new WriteLimits(forwarder);
        deadlineMonitor = new DeadlineMonitor(
                jobs,
                taskContext.getStateStore(TrackingTopology.PENDING_INPUTS),
                forwarder,
                tracker,
                deadlines(config.deadline()),
                metrics,
                config.sweepInterval(),
                Instant.ofEpochMilli(taskContext.currentSystemTimeMs()));
        commits = new CommitPacer(taskContext);
        taskContext.schedule(CommitPacer.TICK, PunctuationType.WALL_CLOCK_TIME, commits::tick);
        sweeper = new RetentionSweeper(jobs, earlyCancels, forgotten, forwarder, config);
        taskContext.schedule(config.sweepInterval(), PunctuationType.WALL_CLOCK_TIME, sweeper::sweep);
        taskContext.schedule(config.sweepInterval(), PunctuationType.WALL_CLOCK_TIME, deadlineMonitor::check);
        taskContext.schedule(config.sweepInterval(), PunctuationType.WALL_CLOCK_TIME, time -> logDropped());
    }

    @Override
    public void process(Record<byte[], byte[]> extracted) {
        Record<byte[], byte[]> written = PromptsLast.asWritten(extracted);
        Record<byte[], byte[]> record =
                written.withTimestamp(RecordTimes.believable(written.timestamp(), context.currentSystemTimeMs()));
        RecordMetadata here = context.recordMetadata().orElseThrow();
        boolean misrouted = isMisrouted(record, here);
        if (here.topic().equals(topics.handovers())) {
            Optional<RecordMetadata> origin =
                    Handover.takeOrigin(record.headers()).filter(from -> !misrouted && topics.isInput(from.topic()));
            if (origin.isEmpty()) {
                forwarder.deadLetter(record, here, "not_ours", "only job-tracking writes this topic");
            } else {
                take(record, origin.get());
            }
        } else if (misrouted) {
            forwarder.reroute(record, here);
        } else {
            take(record, here);
        }
    }

    private void take(Record<byte[], byte[]> record, RecordMetadata from) {
        EventType type = topics.typeOf(from.topic());
        if (type == EventType.PROMPT_SUBMITTED) {
            sweeper.promptsProcessedUpTo(record.timestamp());
        }
        if (type == EventType.PROGRESS) {
            // A span for each step of each job would say nothing that the job's history does not.
            fold(type, record, from);
            return;
        }
        tracing.process(new SourceRecord(record, from), context.applicationId(), () -> {
            fold(type, record, from);
            return type;
        });
    }

    private void fold(EventType type, Record<byte[], byte[]> record, RecordMetadata from) {
        try {
            Event event = EventCodec.read(
                    type.record(), record.key(), record.value(), new SourceRecord(record, from).headers());
            handle(event, null, record, from);
        } catch (MalformedEventException e) {
            Optional<FaultyPrompt> faulty = type == EventType.PROMPT_SUBMITTED
                    ? FaultyPrompt.of(record.key(), record.value(), e)
                    : Optional.empty();
            faulty.ifPresentOrElse(
                    prompt -> handle(prompt.prompt(), prompt.failure(), record, from),
                    () -> forwarder.deadLetter(record, from, e.reason().wireName(), String.valueOf(e.getMessage())));
        }
    }

    /** Partitioners differ between client libraries; where the key belongs is decided by Kafka's own. */
    private boolean isMisrouted(Record<byte[], byte[]> record, RecordMetadata from) {
        return record.key() != null && layout.partitionOf(record.key()) != from.partition();
    }

    /** @param refusal of a prompt, if it is clear already */
    private void handle(Event event, @Nullable Failure refusal, Record<byte[], byte[]> record, RecordMetadata from) {
        String id = event.jobId().toString();
        JobState known = jobs.get(id);
        if (event instanceof JobCommand command && command.action() == JobCommand.Action.DELETE) {
            forget(command.jobId(), known);
            return;
        }
        if (known == null && event instanceof JobCommand command) {
            rememberForPrompt(command);
            return;
        }
        JobCommand early = known == null ? earlyCancels.get(id) : null;
        List<EventForwarder.OutgoingRecord> outputs = new ArrayList<>();
        Optional<Outcome> outcome;
        try {
            outcome = decide(known, early, event, refusal, record);
            outcome.ifPresent(result -> {
                outputs.add(forwarder.outgoing(result.state(), from));
                result.outputs().forEach(output -> outputs.add(forwarder.outgoing(output, from)));
            });
        } catch (RuntimeException e) {
            LOG.errorf(e, "jobId=%s topic=%s offset=%d could not be folded", id, from.topic(), from.offset());
            giveUp(event, refusal, record, from, internalError(e));
            return;
        }
        Optional<String> problem = limits.problem(from.topic(), record.value().length, outputs);
        if (problem.isPresent()) {
            String code = MalformedEventException.Reason.TOO_LARGE.wireName();
            giveUp(event, refusal, record, from, new Failure(FailureCause.POISON, code, problem.get()));
            return;
        }
        outcome.ifPresent(result -> {
            jobs.put(id, result.state());
            outputs.forEach(forwarder::send);
            deadlineMonitor.moved(id, event, result, Instant.ofEpochMilli(context.currentSystemTimeMs()));
            if (!result.outputs().isEmpty()) {
                commits.written(record.timestamp());
            }
            metrics.moved(known, result.state());
        });
        if (outcome.isEmpty() && known != null && !known.status().isDone()) {
            deadlineMonitor.heard(id, Instant.ofEpochMilli(context.currentSystemTimeMs()));
        }
        if (early != null) {
            earlyCancels.delete(id);
        }
    }

    /**
     * Refuses a prompt that can't be digested, because its sender waits for the end of its job. All else goes to the
     * dead letters, and so does a prompt of which not even the refusal can be written.
     */
    private void giveUp(
            Event event,
            @Nullable Failure refusal,
            Record<byte[], byte[]> record,
            RecordMetadata from,
            Failure failure) {
        if (event instanceof PromptSubmitted && refusal == null) {
            handle(event, failure, record, from);
        } else {
            forwarder.deadLetter(record, from, failure.code(), failure.message());
        }
    }

    private static Failure internalError(RuntimeException defect) {
        return new Failure(
                FailureCause.POISON, "internal_error", defect.getClass().getSimpleName());
    }

    private Optional<Outcome> decide(
            @Nullable JobState known,
            @Nullable JobCommand early,
            Event event,
            @Nullable Failure refusal,
            Record<byte[], byte[]> record) {
        Instant at = Instant.ofEpochMilli(record.timestamp());
        if (event instanceof PromptSubmitted prompt) {
            if (known != null) {
                LOG.infof("jobId=%s submitted again: the first submission counts", event.jobId());
                return Optional.empty();
            }
            if (forgotten.get(event.jobId().toString()) != null) {
                LOG.infof("jobId=%s submitted again after it was forgotten: an id is one job's", event.jobId());
                // Whoever submitted it waits for an answer.
                forwarder.forgotten(event.jobId());
                return Optional.empty();
            }
            return Optional.of(Optional.ofNullable(refusal)
                    .or(() -> UnknownFields.first(record.value()).map(Admission::unsupported))
                    .map(failure -> tracker.refused(prompt, failure, at))
                    .orElseGet(() -> tracker.submitted(prompt, early, at)));
        }
        if (known == null) {
            LOG.debugf("jobId=%s type=%s of a job that is not known", event.jobId(), EventType.of(event));
            return Optional.empty();
        }
        return tracker.happened(known, event, at);
    }

    private static Deadlines deadlines(DeadlineConfig config) {
        return new Deadlines(config.waiting(), StageSilences.of(config.stages(), Pipeline.current()), config.retries());
    }

    /** Of a job that is not known there may be a state that is not ours: whoever asks to forget it is heard. */
    private void forget(JobId jobId, @Nullable JobState known) {
        if (known == null) {
            forwarder.forgotten(jobId);
        } else if (known.status().isDone()) {
            String id = jobId.toString();
            jobs.delete(id);
            // Prompts may come twice, and a job ends once.
            forgotten.put(id, context.currentSystemTimeMs());
            forwarder.forget(known);
        }
    }

    /** Seldom, because anybody can send any number of them. */
    private void logDropped() {
        if (dropped > 0) {
            LOG.warnf("cancels of unknown jobs not remembered count=%d most=%d", dropped, MAX_EARLY_CANCELS);
            dropped = 0;
        }
    }

    private void rememberForPrompt(JobCommand command) {
        Instant now = Instant.ofEpochMilli(context.currentSystemTimeMs());
        if (earlyCancels.approximateNumEntries() >= MAX_EARLY_CANCELS) {
            dropped++;
            return;
        }
        String reason = UntrustedText.presentable(command.reason(), 500);
        String id = command.jobId().toString();
        earlyCancels.put(id, new JobCommand(command.jobId(), command.action(), reason, now));
        LOG.debugf("jobId=%s cancelled before its prompt came", id);
    }
}
