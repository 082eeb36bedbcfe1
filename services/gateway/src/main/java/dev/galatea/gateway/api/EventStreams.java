package dev.galatea.gateway.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.MultiEmitter;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.jobs.JobListener;
import dev.galatea.gateway.jobs.Jobs;
import dev.galatea.gateway.jobs.ProgressEntry;
import dev.galatea.gateway.jobs.ProgressLog;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.StageState;
import dev.galatea.model.id.JobId;

/**
 * Follows jobs for whoever reads. A {@code state} event carries the video when something of note became of it, or, while it
 * waits, of what lies before it; it has no
 * id, because the state of now is always sent first. A {@code progress} event carries one report of a stage, and its id is
 * its place in the log, the same on every replica. A reader that can't keep up loses its connection, not events: it comes
 * back with the last id that it saw. Thread-safe.
 */
@ApplicationScoped
class EventStreams {

    private static final Logger LOG = Logger.getLogger(EventStreams.class);

    /** More than the reports of a job of a hundred steps. */
    private static final int BUFFER = 4096;

    private static final Duration RECONNECT = Duration.ofSeconds(2);

    private final Jobs jobs;
    private final ProgressLog log;
    private final Desk desk;
    private final GatewayConfig config;

    @Inject
    EventStreams(Jobs jobs, ProgressLog log, Desk desk, GatewayConfig config) {
        this.jobs = jobs;
        this.log = log;
        this.desk = desk;
        this.config = config;
    }

    /** One job until it is done. */
    Multi<OutboundSseEvent> ofJob(JobId jobId, @Nullable String lastId, Sse sse) {
        // Says now what can't be done, before the stream begins.
        desk.find(jobId);
        Multi<OutboundSseEvent> events = Multi.createFrom()
                .<OutboundSseEvent>emitter(emitter -> new Follower(sse, emitter, jobId).begin(lastId), BUFFER);
        return withHeartbeat(events, sse);
    }

    /** All jobs, from now on, for as long as the reader likes. */
    Multi<OutboundSseEvent> ofAll(Sse sse) {
        Multi<OutboundSseEvent> events = Multi.createFrom()
                .<OutboundSseEvent>emitter(emitter -> new Follower(sse, emitter, null).begin(null), BUFFER);
        return withHeartbeat(events, sse);
    }

    private Multi<OutboundSseEvent> withHeartbeat(Multi<OutboundSseEvent> events, Sse sse) {
        OutboundSseEvent beat = sse.newEventBuilder().comment("still here").build();
        Multi<OutboundSseEvent> beats = Multi.createFrom()
                .ticks()
                .every(config.heartbeat())
                .onOverflow()
                .drop()
                .map(tick -> beat);
        // The beats end with the events.
        return Multi.createBy()
                .merging()
                .streams(
                        events.map(Optional::of).onCompletion().continueWith(Optional.empty()), beats.map(Optional::of))
                .select()
                .first(Optional::isPresent)
                .map(Optional::get);
    }

    private Cancellable everyHeartbeat(Runnable look) {
        return Multi.createFrom()
                .ticks()
                .every(config.heartbeat())
                .onOverflow()
                .drop()
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .subscribe()
                .with(tick -> {
                    try {
                        look.run();
                    } catch (ProblemException e) {
                        LOG.debugf("not looked reason=%s", e.getMessage());
                    }
                });
    }

    /** One reader. */
    private final class Follower {

        private final Sse sse;
        private final MultiEmitter<? super OutboundSseEvent> emitter;
        private final @Nullable JobId only;
        private final JobListener onState = this::state;
        private final Consumer<ProgressEntry> onProgress = this::progress;
        private @Nullable String sentUpTo;
        private @Nullable Integer sentPlace;

        Follower(Sse sse, MultiEmitter<? super OutboundSseEvent> emitter, @Nullable JobId only) {
            this.sse = sse;
            this.emitter = emitter;
            this.only = only;
        }

        void begin(@Nullable String lastId) {
            Cancellable looks = only == null ? () -> {} : everyHeartbeat(this::lookAhead);
            emitter.onTermination(() -> {
                looks.cancel();
                jobs.unlisten(onState);
                log.unlisten(onProgress);
            });
            synchronized (this) {
                // First listen, then look: what happens in between waits for the lock.
                jobs.listen(onState);
                log.listen(onProgress);
                if (only != null) {
                    send(desk.find(only));
                    List<ProgressEntry> missed = log.of(only, lastId);
                    missed.forEach(this::send);
                    desk.state(only).filter(state -> state.status().isDone()).ifPresent(this::end);
                }
            }
        }

        private synchronized void state(@Nullable JobState before, JobState now) {
            if (only != null && !only.equals(now.jobId()) || !isOfNote(before, now)) {
                return;
            }
            if (only != null && now.status().isDone()) {
                end(now);
            } else {
                send(desk.video(now, only != null));
            }
        }

        /** Tells of another place in the queue; others' ends are not looked at one by one, with many readers. */
        private synchronized void lookAhead() {
            if (sentPlace != null) {
                Video video = desk.find(only);
                if (video.job() != null && !sentPlace.equals(video.job().queuePosition())) {
                    send(video);
                }
            }
        }

        private void send(Video video) {
            sentPlace = video.job() == null ? null : video.job().queuePosition();
            send("state", null, video);
        }

        private synchronized void progress(ProgressEntry entry) {
            if (only == null || only.equals(entry.progress().jobId())) {
                send(entry);
            }
        }

        private void send(ProgressEntry entry) {
            // Between listening and looking an entry can come twice.
            if (only == null || sentUpTo == null || !entry.id().equals(sentUpTo)) {
                sentUpTo = entry.id();
                send("progress", entry.id(), ProgressMessage.of(entry.progress()));
            }
        }

        private void end(JobState state) {
            send(desk.video(state, true));
            emitter.complete();
        }

        private void send(String name, @Nullable String id, Object data) {
            OutboundSseEvent.Builder event = sse.newEventBuilder()
                    .name(name)
                    .reconnectDelay(RECONNECT.toMillis())
                    .mediaType(MediaType.APPLICATION_JSON_TYPE)
                    .data(data);
            emitter.emit((id == null ? event : event.id(id)).build());
        }
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
