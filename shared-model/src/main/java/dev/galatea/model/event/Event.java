package dev.galatea.model.event;

import dev.galatea.model.id.JobId;

/**
 * An event of a job, or a command to it. The record key of every event is its job id. Closed but for
 * {@link StageEvent}.
 */
public sealed interface Event
        permits PromptSubmitted, StageEvent, Progress, JobCommand, JobState, VideoFinished, WebhookAttempted {

    /** The job that this event is about. */
    JobId jobId();

    /** Calls the visitor's method for this kind of event. */
    <R> R accept(Visitor<R> visitor);

    /** Handles every kind of event; the compiler says which one is missing. */
    interface Visitor<R> {

        /** Handles a submitted prompt. */
        R submitted(PromptSubmitted prompt);

        /** Handles an event that hands the job on to a stage, or to its end. */
        R handedOn(StageEvent event);

        /** Handles the report of a stage's progress. */
        R progressed(Progress progress);

        /** Handles a command. */
        R commanded(JobCommand command);

        /** Handles a new state. */
        R changed(JobState state);

        /** Handles the terminal event. */
        R finished(VideoFinished finished);

        /** Handles the report of a delivery to an endpoint. */
        R webhookAttempted(WebhookAttempted attempt);
    }
}
