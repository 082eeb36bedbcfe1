package dev.galatea.gateway.api;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The Video object of the {@code /v1/videos} dialect, with what this system can say beyond it.
 *
 * @param status {@code queued}, {@code in_progress}, {@code completed} or {@code failed}
 * @param progress percent, 100 only when completed
 * @param createdAt seconds since 1970
 * @param seconds length of the clip, or {@code auto} while admission has not decided
 * @param size {@code WIDTHxHEIGHT}, or {@code auto} while admission has not decided
 * @param batch ids of all videos that one request asked for, this one first; absent if it asked for one
 * @param job details that the dialect has no fields for; absent until this replica has seen the job's state
 */
public record Video(
        String id,
        String object,
        String model,
        String status,
        int progress,
        @JsonProperty("created_at") long createdAt,
        @Nullable @JsonProperty("completed_at") Long completedAt,
        @Nullable @JsonProperty("expires_at") Long expiresAt,
        String prompt,
        @Nullable @JsonProperty("remixed_from_video_id") String remixedFromVideoId,
        String seconds,
        String size,
        @Nullable VideoError error,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable @JsonProperty("num_frames")
        Integer numFrames,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer fps,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable @JsonProperty("num_inference_steps")
        Integer numInferenceSteps,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable @JsonProperty("guidance_scale")
        Double guidanceScale,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long seed,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> batch,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JobDetails job) {

    /** The same video as the first of several. */
    Video withBatch(List<String> ids) {
        return new Video(
                id,
                object,
                model,
                status,
                progress,
                createdAt,
                completedAt,
                expiresAt,
                prompt,
                remixedFromVideoId,
                seconds,
                size,
                error,
                numFrames,
                fps,
                numInferenceSteps,
                guidanceScale,
                seed,
                ids,
                job);
    }

    /** The value of {@code object}. */
    static final String OBJECT = "video";

    /**
     * The failure of a video.
     *
     * @param code stable, such as {@code cancelled} or {@code invalid_size}
     */
    public record VideoError(String code, String message) {}
}
