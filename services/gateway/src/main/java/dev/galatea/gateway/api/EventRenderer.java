package dev.galatea.gateway.api;

import java.time.Instant;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

import dev.galatea.gateway.jobs.ProgressEntry;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.event.JobState;
import dev.galatea.model.id.JobId;

/**
 * Builds the events of one stream, and remembers what was sent, so that nothing is sent twice. Called one at a time.
 */
final class EventRenderer {

    private static final Logger LOG = Logger.getLogger(EventRenderer.class);

    private final @Nullable JobId only;
    private final VideoLookup videos;
    private @Nullable String sentUpTo;
    private @Nullable Integer sentPlace;
    private Instant sentState = Instant.MIN;

    /**
     * @param only the job of the stream; absent for all jobs
     * @param lastId the place of which the reader has seen everything; absent for a new reader
     */
    EventRenderer(@Nullable JobId only, @Nullable String lastId, VideoLookup videos) {
        this.only = only;
        this.videos = videos;
        sentUpTo = lastId;
    }

    /** Builds what a reader of one job is sent first: the video as it is now, and the reports that it has not seen. */
    Multi<StreamEvent> past(JobHistory history) {
        Multi<StreamEvent> state = Multi.createFrom().item(() -> state(history.video()));
        Multi<StreamEvent> reports = Multi.createFrom()
                .iterable(history.reports())
                .onItem()
                .transformToUniAndConcatenate(entry -> Uni.createFrom().item(reported(entry)));
        Multi<StreamEvent> end = Multi.createFrom().emitter(emitter -> {
            history.end().ifPresent(ended -> emitter.emit(state(videos.video(ended, true))));
            emitter.complete();
        });
        return Multi.createBy().concatenating().streams(state, reports, end);
    }

    @Nullable
    StreamEvent changed(JobState state) {
        if (only == null) {
            return StreamEvent.state(videos.video(state, false));
        }
        if (state.updatedAt().isBefore(sentState)) {
            return null;
        }
        sentState = state.updatedAt();
        return state(videos.video(state, true));
    }

    @Nullable
    StreamEvent reported(ProgressEntry entry) {
        if (only != null) {
            if (sentUpTo != null && !entry.isAfter(sentUpTo)) {
                return null;
            }
            sentUpTo = entry.id();
        }
        return StreamEvent.progress(entry.id(), ProgressMessage.of(entry.progress()));
    }

    /**
     * Builds another place in the queue, or a comment. Others' ends are not looked at one by one, with many readers.
     */
    Uni<StreamEvent> tick() {
        Integer sent = sentPlace;
        if (only == null || sent == null) {
            return Uni.createFrom().item(StreamEvent.HEARTBEAT);
        }
        return videos.find(only)
                .map(video -> sent.equals(place(video)) ? StreamEvent.HEARTBEAT : state(video))
                .onFailure(ProblemException.class)
                .invoke(e -> LOG.debugf("place in the queue not found jobId=%s reason=%s", only, e.getMessage()))
                .onFailure(ProblemException.class)
                .recoverWithItem(StreamEvent.HEARTBEAT);
    }

    private StreamEvent state(Video video) {
        sentPlace = place(video);
        return StreamEvent.state(video);
    }

    private static @Nullable Integer place(Video video) {
        return video.job() == null ? null : video.job().queuePosition();
    }
}
