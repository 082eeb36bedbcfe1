package dev.galatea.gateway.api;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.config.WorkerPools;
import dev.galatea.gateway.jobs.JobListener;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.jobs.ProgressEntry;
import dev.galatea.gateway.jobs.ProgressLog;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;

/**
 * Follows jobs for whoever reads. A {@code state} event carries the video when something of note became of it, or,
 * while it waits, of what lies before it; it has no id, because the state of now is always sent first. A
 * {@code progress} event carries one report of a stage, and its id is its place in the log, the same on every replica.
 * A reader is sent the next event when it has taken the last one: one that is slow misses reports, harms no other, and
 * hears of every end. All streams end when the gateway begins to stop. Thread-safe; nothing blocks its caller.
 */
@ApplicationScoped
class EventStreams {

    private static final Logger LOG = Logger.getLogger(EventStreams.class);

    /** The events buffered for one reader, above the number of reports of a job of some hundred steps. */
    private static final int BUFFER = 1024;

    private final Jobs jobs;
    private final ProgressLog log;
    private final VideoLookup videos;
    private final GatewayStop stop;
    private final Executor worker;
    private final Duration heartbeat;

    @Inject
    EventStreams(
            Jobs jobs, ProgressLog log, VideoLookup videos, GatewayStop stop, WorkerPools pools, GatewayConfig config) {
        this(jobs, log, videos, stop, pools.events(), config.heartbeat());
    }

    EventStreams(
            Jobs jobs, ProgressLog log, VideoLookup videos, GatewayStop stop, Executor worker, Duration heartbeat) {
        this.jobs = jobs;
        this.log = log;
        this.videos = videos;
        this.stop = stop;
        this.worker = worker;
        this.heartbeat = heartbeat;
    }

    /** Follows one job until it is done; fails if there is none of this id. */
    Multi<StreamEvent> ofJob(JobId jobId, @Nullable String lastId) {
        return follow(jobId, buffer -> {
            EventRenderer renderer = new EventRenderer(jobId, lastId, videos);
            return history(jobId, lastId).onItem().transformToMulti(history -> {
                Multi<StreamEvent> past = renderer.past(history);
                return history.end().isPresent()
                        ? past
                        : Multi.createBy().concatenating().streams(past, live(buffer, renderer, true));
            });
        });
    }

    /** Follows all jobs, from now on, for as long as the reader likes. */
    Multi<StreamEvent> ofAll() {
        return follow(null, buffer -> Multi.createBy()
                .concatenating()
                .streams(
                        // Without a state of now to begin with, this is how a reader knows that it is heard.
                        Multi.createFrom().item(StreamEvent.HEARTBEAT),
                        live(buffer, new EventRenderer(null, null, videos), false)));
    }

    private interface Pipeline {

        Multi<StreamEvent> from(EventBuffer buffer);
    }

    /**
     * Listens first, so that nothing is missed between the past and what is live, and for as long as there is a reader.
     */
    private Multi<StreamEvent> follow(@Nullable JobId only, Pipeline pipeline) {
        return Multi.createFrom().deferred(() -> {
            EventBuffer buffer = new EventBuffer(BUFFER);
            JobListener onState = (before, now) -> {
                if (isOfNote(before, now)) {
                    buffer.add(new StreamItem.Changed(now));
                }
            };
            Consumer<ProgressEntry> onReport = entry -> buffer.add(new StreamItem.Reported(entry));
            jobs.listen(only, onState);
            log.listen(only, onReport);
            Cancellable ticks = ticks(buffer);
            Cancellable end = stop.begun().subscribe().with(begun -> buffer.add(new StreamItem.End()));
            return pipeline.from(buffer)
                    // One event ahead of the reader, and built on this pool whoever asks for it.
                    .emitOn(worker, 1)
                    .onFailure(failure -> !(failure instanceof ProblemException))
                    .invoke(failure -> LOG.errorf(failure, "event stream failed jobId=%s", only))
                    .onTermination()
                    .invoke(() -> {
                        end.cancel();
                        ticks.cancel();
                        jobs.unlisten(only, onState);
                        log.unlisten(only, onReport);
                    });
        });
    }

    private Multi<StreamEvent> live(EventBuffer buffer, EventRenderer renderer, boolean untilFinal) {
        // Each item changes threads: it is added by one that reads from Kafka, and must not be rendered there.
        return Multi.createBy()
                .repeating()
                .<StreamItem>uni(() -> buffer.next().emitOn(worker))
                .whilst(item -> !(item instanceof StreamItem.End) && !(untilFinal && item.isFinal()))
                .onItem()
                .transformToUniAndConcatenate(item -> item.event(renderer));
    }

    private Uni<JobHistory> history(JobId jobId, @Nullable String lastId) {
        return videos.find(jobId).flatMap(video -> videos.state(jobId)
                .map(state -> new JobHistory(video, log.of(jobId, lastId), state.filter(known -> known.status()
                        .isDone()))));
    }

    private Cancellable ticks(EventBuffer buffer) {
        return Multi.createFrom()
                .ticks()
                .startingAfter(heartbeat)
                .every(heartbeat)
                .onOverflow()
                .drop()
                .subscribe()
                .with(tick -> buffer.add(new StreamItem.Tick()));
    }

    /** Steps and pictures come as progress; a state is for what else changes. */
    private static boolean isOfNote(@Nullable JobState before, JobState now) {
        return before == null
                || before.status() != now.status()
                || begun(before) != begun(now)
                || finished(before) != finished(now);
    }

    private static long begun(JobState state) {
        return state.stages().stream()
                .filter(stage -> stage.startedAt() != null)
                .count();
    }

    private static long finished(JobState state) {
        return state.stages().stream()
                .map(StageState::finishedAt)
                .filter(at -> at != null)
                .count();
    }
}
