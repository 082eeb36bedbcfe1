package dev.galatea.model.event;

import dev.galatea.model.id.JobId;

/** Anything that happened to a job, or is asked of it. The record key of every event is its job id. */
public sealed interface Event
        permits PromptSubmitted,
                EncodingRequested,
                JobAccepted,
                PromptConditioned,
                LatentsDenoised,
                ClipDecoded,
                Progress,
                JobCommand,
                JobState,
                VideoFinished,
                WebhookAttempted {

    /** The job that this event is about. */
    JobId jobId();
}
