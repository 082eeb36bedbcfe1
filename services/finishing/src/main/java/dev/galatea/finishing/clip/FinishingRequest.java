package dev.galatea.finishing.clip;

import java.nio.file.Path;

import dev.galatea.clips.video.VideoFormat;

/**
 * The parameters of finishing one clip.
 *
 * @param source the clip as it was decoded
 * @param given format of that clip
 * @param frames number of its frames
 * @param wanted format of the finished clip
 * @param wantedFrames number of frames of the finished clip
 */
public record FinishingRequest(Path source, VideoFormat given, int frames, VideoFormat wanted, int wantedFrames) {

    /** The same with another format of the finished clip. */
    FinishingRequest withWanted(VideoFormat other) {
        return new FinishingRequest(source, given, frames, other, wantedFrames);
    }
}
