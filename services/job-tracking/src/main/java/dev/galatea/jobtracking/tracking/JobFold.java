package dev.galatea.jobtracking.tracking;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.galatea.model.event.ClipDecoded;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.LatentsDenoised;
import dev.galatea.model.event.Progress;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.StageEvent;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.event.WebhookAttempted;
import dev.galatea.model.pipeline.Pipeline;

/**
 * Folds state and event to state. Legal moves are {@code queued → running → completed | failed | cancelled | expired}
 * and {@code queued →} any of the last four; a job runs from when a worker has begun what takes time; a job that is
 * done never changes. An event that brings nothing new returns an equal state. Thread-safe.
 */
final class JobFold {

    /** The time by which a worker's clock may be fast. */
    private static final Duration CLOCKS_APART = Duration.ofHours(1);

    private final Pipeline pipeline;

    JobFold(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    JobState fold(JobState state, Event event, Instant at) {
        return state.status().isDone() ? state : event.accept(new OpenJob(state, at));
    }

    /** Folds one event into the state of a job that is not done. */
    private final class OpenJob implements Event.Visitor<JobState> {

        private final JobState state;
        private final Instant at;

        OpenJob(JobState state, Instant at) {
            this.state = state;
            this.at = at;
        }

        @Override
        public JobState handedOn(StageEvent event) {
            Stage giver = pipeline.giverOf(event);
            if (giver.equals(Stage.ADMISSION)) {
                return state;
            }
            JobState next =
                    stageDone(giver, event instanceof LatentsDenoised denoised ? denoised.cachedSteps() : List.of());
            return event instanceof ClipDecoded decoded
                            && pipeline.takerOf(event).isEmpty()
                    ? builder(next).completed(decoded.clip(), at).build(at)
                    : next;
        }

        @Override
        public JobState progressed(Progress progress) {
            NextJobState builder = builder(state);
            return builder.hasRoomFor(progress.stage())
                    ? ProgressFold.fold(builder.at(progress.stage(), pipeline), believable(progress))
                    : state;
        }

        /** A time that can't be right would put off the job's deadline for ever, or end its retention at once. */
        private Progress believable(Progress progress) {
            Instant told = progress.at();
            if (told.isBefore(state.submittedAt())) {
                return progress.withAt(state.submittedAt());
            }
            return told.isAfter(at.plus(CLOCKS_APART)) ? progress.withAt(at) : progress;
        }

        @Override
        public JobState commanded(JobCommand command) {
            Failure failure = JobTracker.cancelled(command);
            return builder(state).ended(JobStatus.CANCELLED, failure, null, at).build(at);
        }

        @Override
        public JobState submitted(PromptSubmitted prompt) {
            return state;
        }

        @Override
        public JobState changed(JobState newest) {
            return state;
        }

        @Override
        public JobState finished(VideoFinished finished) {
            return state;
        }

        @Override
        public JobState webhookAttempted(WebhookAttempted attempt) {
            return state;
        }

        private JobState stageDone(Stage stage, List<Integer> cachedSteps) {
            NextJobState builder = builder(state);
            StageStateBuilder of = builder.stage(stage);
            if (!of.cachedSteps(cachedSteps) && of.isFinished()) {
                return state;
            }
            of.finished(at, null);
            return builder.at(stage, pipeline).build(at);
        }

        private NextJobState builder(JobState before) {
            return NextJobState.of(before, pipeline.order());
        }
    }
}
