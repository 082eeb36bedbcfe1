package dev.galatea.jobtracking.tracking;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.galatea.jobtracking.admission.Admission;
import dev.galatea.jobtracking.admission.Decision;
import dev.galatea.jobtracking.admission.UntrustedText;
import dev.galatea.model.event.Event;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobAccepted;
import dev.galatea.model.event.JobCommand;
import dev.galatea.model.event.JobSpec;
import dev.galatea.model.event.JobState;
import dev.galatea.model.event.JobState.HistoryEntry;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.PromptSubmitted;
import dev.galatea.model.event.Stage;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.pipeline.Pipeline;

/**
 * Decides what an event means for its job. Pure: what is known goes in, what is to be stored and published comes out.
 * Whatever the order and however often events come, a job is accepted or refused once and ends once. Thread-safe.
 */
public final class JobTracker {

    /** States are read by everybody, also those of refused prompts of any length. */
    private static final int MAX_SHOWN_PROMPT = 4_000;

    private final Admission admission;
    private final Pipeline pipeline;
    private final JobFold fold;

    public JobTracker(Admission admission, Pipeline pipeline) {
        this.admission = admission;
        this.pipeline = pipeline;
        this.fold = new JobFold(pipeline);
    }

    /**
     * Handles a prompt whose job is not known yet.
     *
     * @param earlyCancel a cancel command that overtook the prompt; null if there is none
     * @param at time of the submission
     */
    public Outcome submitted(PromptSubmitted prompt, @Nullable JobCommand earlyCancel, Instant at) {
        Decision decision = admission.decide(prompt);
        if (decision instanceof Decision.Refused refused) {
            return refused(prompt, refused.failure(), at);
        }
        Decision.Accepted accepted = (Decision.Accepted) decision;
        JobSpec spec = accepted.spec();
        if (earlyCancel != null) {
            Failure failure = cancelled(earlyCancel);
            return ended(state(prompt, spec, JobStatus.CANCELLED, failure, "cancelled", at));
        }
        JobState queued =
                state(prompt, spec, JobStatus.QUEUED, null, "accepted", at).withWarnings(accepted.warnings());
        return new Outcome(queued, List.of(new JobAccepted(prompt.jobId(), spec, at)));
    }

    /** Handles a prompt whose job is not known yet, and that is refused for a reason that its values don't tell. */
    public Outcome refused(PromptSubmitted prompt, Failure failure, Instant at) {
        return ended(state(prompt, null, JobStatus.REFUSED, failure, "refused", at));
    }

    /**
     * Handles any other event of a known job.
     *
     * @return empty if the event changes nothing: it is late, a duplicate, or out of order
     */
    public Optional<Outcome> happened(JobState known, Event event, Instant at) {
        JobState next = fold.fold(known, event, at);
        if (next.equals(known)) {
            return Optional.empty();
        }
        boolean ends = next.status().isDone() && !known.status().isDone();
        return Optional.of(ends ? ended(next) : new Outcome(next, List.of()));
    }

    /** A job whose stage was not heard of in time, and is tried again. */
    public Outcome triedAgain(JobState known, Stage stage, Duration silence, Instant at) {
        JobState next = NextJobState.of(known, pipeline.order())
                .noted(at, stage, "tried again after " + silence.toSeconds() + " s without a report")
                .build(at);
        return new Outcome(next, List.of());
    }

    /** A job whose stage was not heard of in time, and was tried often enough. */
    public Outcome expired(JobState known, Stage stage, Duration silence, Instant at) {
        Failure failure = new Failure(
                FailureCause.EXPIRED,
                "stage_deadline",
                stage.wireName() + ": no report for " + silence.toSeconds() + " s, and no retry is left");
        return ended(NextJobState.of(known, pipeline.order())
                .ended(JobStatus.EXPIRED, failure, stage, at)
                .build(at));
    }

    /** The failure of a job that somebody cancelled. */
    static Failure cancelled(JobCommand command) {
        String reason = UntrustedText.presentable(command.reason(), 500);
        return new Failure(FailureCause.CANCELLED, "cancelled", reason.isBlank() ? "cancelled" : reason);
    }

    private JobState state(
            PromptSubmitted prompt,
            @Nullable JobSpec spec,
            JobStatus status,
            @Nullable Failure failure,
            String what,
            Instant at) {
        return new JobState(
                prompt.jobId(),
                status,
                UntrustedText.presentable(prompt.prompt(), MAX_SHOWN_PROMPT),
                admission.modelName(prompt),
                spec,
                List.of(),
                null,
                failure,
                List.of(new HistoryEntry(at, null, what)),
                at,
                at,
                status.isDone() ? at : null,
                prompt.remixOf(),
                List.of(),
                prompt.requestDigest());
    }

    private static Outcome ended(JobState state) {
        VideoFinished finished = new VideoFinished(
                state.jobId(),
                state.status(),
                state.clip(),
                state.failure(),
                state.spec(),
                state.stages(),
                state.submittedAt(),
                state.finishedAt() == null ? state.updatedAt() : state.finishedAt(),
                state.remixOf(),
                state.warnings());
        return new Outcome(state, List.of(finished));
    }
}
