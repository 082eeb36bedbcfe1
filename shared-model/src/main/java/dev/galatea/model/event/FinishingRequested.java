package dev.galatea.model.event;

import dev.galatea.model.id.JobId;

/**
 * A clip is in the store as it was decoded, and its job asks for more frames per second or larger ones. The finishing
 * stage makes that clip and passes the job on as {@link ClipDecoded}.
 *
 * @param spec with {@code upscale}, {@code interpolateToFps} or both
 * @param clip as it was decoded
 */
public record FinishingRequested(JobId jobId, JobSpec spec, Clip clip) implements StageEvent {

    public FinishingRequested {
        Fields.require("jobId", jobId);
        Fields.require("spec", spec);
        Fields.require("clip", clip);
        if (!spec.asksForFinishing()) {
            throw new IllegalArgumentException(
                    "spec: has neither upscale nor interpolateToFps; valid is one of them, or both");
        }
    }

    /** Requests it for what decoding made. */
    public static FinishingRequested of(ClipDecoded decoded) {
        return new FinishingRequested(decoded.jobId(), decoded.spec(), decoded.clip());
    }
}
