package dev.galatea.webhooks;

import java.time.Instant;
import java.util.List;

import dev.galatea.model.event.Clip;
import dev.galatea.model.event.CloudEvent;
import dev.galatea.model.event.EventIds;
import dev.galatea.model.event.EventType;
import dev.galatea.model.event.Failure;
import dev.galatea.model.event.FailureCause;
import dev.galatea.model.event.JobStatus;
import dev.galatea.model.event.VideoFinished;
import dev.galatea.model.id.JobId;
import dev.galatea.model.id.ObjectKeys;
import dev.galatea.model.id.Sha256;
import dev.galatea.model.tensor.ObjectRef;

/** Terminal events as job-tracking publishes them. */
public final class Finished {

    private Finished() {}

    public static CloudEvent completed(JobId job, Instant at) {
        Sha256 digest = Sha256.of(new byte[0]);
        ObjectRef video = new ObjectRef("galatea", ObjectKeys.clip(job, digest), "video/mp4", 1, digest);
        Clip clip = new Clip(video, video, null, 96, 64, 33, 8);
        return event(new VideoFinished(job, JobStatus.COMPLETED, clip, null, null, List.of(), at, at, null, List.of()));
    }

    public static CloudEvent cancelled(JobId job, Instant at) {
        Failure failure = new Failure(FailureCause.CANCELLED, "cancelled", "somebody asked for it");
        return event(
                new VideoFinished(job, JobStatus.CANCELLED, null, failure, null, List.of(), at, at, null, List.of()));
    }

    private static CloudEvent event(VideoFinished finished) {
        return new CloudEvent(
                EventIds.of(finished.jobId(), EventType.VIDEO_FINISHED),
                "/services/job-tracking",
                finished.finishedAt(),
                finished);
    }
}
